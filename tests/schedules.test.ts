/** That a running app does again and again what has no other cause. */
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { openAsIs } from '../server/database/open.ts';
import { prepareInstallation } from './support/installation.ts';
import { addUser, newImage } from './support/tasks.ts';

// Each line turns red where its schedule is removed.
it('deletes old uploads and excess webhooks, and finishes deletions of accounts, without being asked', async () => {
  const { variables, dataDir, remove } = await prepareInstallation({});
  onTestFinished(() => remove());
  const { prisma, close } = await openAsIs({ url: variables['DATABASE_URL'], dataDir });
  const leaving = await addUser(prisma, 0);
  await prisma.user.update({ where: { id: leaving }, data: { deletingAt: new Date() } });
  const userId = await addUser(prisma, 0);
  await prisma.image.create({ data: { ...newImage(userId), createdAt: new Date(0) } });
  await prisma.webhookEndpoint.create({
    data: { id: 'endpoint', userId, url: 'https://hooks.example/', events: ['TASK_UPDATED'], secret: '' },
  });
  await prisma.$executeRaw`
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event", "status", "nextAttemptAt")
    SELECT n, 'endpoint', 'TASK_UPDATED', 'FAILED', NULL FROM generate_series(1, 10001) n`;
  await close();

  const logged = new Set<string>();
  const write = (_: object, message: string) => void logged.add(message);
  const log = { info: write, warn: write, error: write };
  const intervals = { housekeepingMs: 10, frequentMs: 10 };
  const app = await startApp(readConfig(variables), log, intervals);
  onTestFinished(() => app.close());
  await expect
    .poll(() => [...logged], { timeout: 10_000 })
    .toEqual(
      expect.arrayContaining([
        'deleted uploads that no task uses',
        'an account was deleted',
        'undelivered webhooks dropped',
        // A server has autovacuum.
        ...(variables['DATABASE_URL'] ? [] : [expect.stringMatching(/^Vacuumed \d+ tables/)]),
      ]),
    );
  expect(logged).not.toContain('housekeeping failed');
});
