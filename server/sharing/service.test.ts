import { expect, it } from 'vitest';
import { newImage, openTaskStore } from '../../tests/support/tasks.ts';
import { createSharedPageLookup } from './lookup.ts';
import { createSharingService, maxShareLinks } from './service.ts';

const { database, store, accepted } = await openTaskStore();
const { prisma } = database;
const service = createSharingService({ prisma, publicUrl: 'https://proofs.example' });

async function succeeded() {
  const { userId, task } = await accepted();
  const image = newImage(userId);
  await store.settle(task, { status: 'SUCCESS', images: [image], refundCredits: 0 });
  return { userId, taskId: task.id, imageId: image.id };
}

it('makes one link of equal requests that come together', async () => {
  const { userId, taskId, imageId } = await succeeded();
  const eight = <Result>(work: () => Promise<Result>) => Promise.all(Array.from({ length: 8 }, work));
  const create = () => service.create(userId, { taskId, imageId, includesPrompt: true });
  // The first time some of them wait for their connection until others are done.
  for (let round = 0; round < 5; round += 1) {
    const links = await eight(create);
    expect(new Set(links.map(({ id }) => id)).size).toBe(1);
    await service.revoke(userId, links[0]!.id);
  }
  const link = await create();
  expect(service.url(link)).toBe(`https://proofs.example/s/${link.token}`);
});

it('limits the links of a user, but returns those that there are', async () => {
  const { userId, taskId, imageId } = await succeeded();
  const first = await service.create(userId, { taskId, imageId: null, includesPrompt: true });
  await prisma.$executeRaw`
    INSERT INTO "ShareLink" ("id", "userId", "taskId", "imageId", "includesPrompt", "token")
    SELECT ${taskId} || n, ${userId}, ${taskId}, ${imageId}, true, ${taskId} || n
    FROM generate_series(3, ${maxShareLinks}::int) n`;
  const request = { taskId, imageId: null, includesPrompt: false };
  const last = await service.create(userId, request);
  expect(last.id).not.toBe(first.id);
  await service.revoke(userId, last.id);
  await prisma.shareLink.create({ data: { ...last, id: 'other', token: 'other', includesPrompt: true } });
  await expect(service.create(userId, request)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'You can have up to 90 share links. Revoke one first.',
  });
  expect(await service.create(userId, { taskId, imageId: null, includesPrompt: true })).toMatchObject({
    taskId,
  });
});

it('waits for a deletion of the task, and then refuses', async () => {
  const { userId, taskId } = await succeeded();
  const task = (await store.find(taskId))!;
  const [removed, created] = await Promise.allSettled([
    store.remove(task),
    service.create(userId, { taskId, imageId: null, includesPrompt: true }),
  ]);
  expect(removed.status).toBe('fulfilled');
  if (created.status === 'rejected') expect(created.reason).toMatchObject({ code: 'NOT_FOUND' });
  expect(await prisma.shareLink.count({ where: { taskId } })).toBe(0);
});

it('finds a page with one statement for concurrent readers, and does not remember it', async () => {
  const { userId, taskId, imageId } = await succeeded();
  const link = await service.create(userId, { taskId, imageId, includesPrompt: false });
  // Of another node.
  const pageOf = createSharedPageLookup({ prisma });
  expect(await Promise.all([pageOf(link.token), pageOf('x')])).toEqual([
    expect.objectContaining({ prompt: null, images: [expect.objectContaining({ width: 4, height: 3 })] }),
    null,
  ]);
  await service.revoke(userId, link.id);
  expect(await pageOf(link.token)).toBeNull();
});
