/** What survives the process. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import {
  type Caller,
  createCaller,
  credits,
  follow,
  generate,
  signUp,
  type TaskData,
} from './support/api.ts';
import { createInstallation } from './support/server-process.ts';
import { startTestApp } from './support/start-app.ts';

/** Resolves when the provider works on the task. */
async function processing(caller: Caller, { id }: TaskData): Promise<void> {
  const { results, close } = caller.subscribe<{ taskUpdated: { status: string } }>(
    'subscription ($id: ID) { taskUpdated(id: $id) { status } }',
    { id },
  );
  for await (const { data } of results) if (data?.taskUpdated.status === 'PROCESSING') break;
  await close();
}

it.concurrent(
  'finishes after a restart what was under way before it, and the session still holds',
  async () => {
    const before = await startTestApp({ SANDBOX_SPEED: '10' });
    const caller = await signUp(before.url);
    const task = await generate(caller, { prompt: 'A lighthouse sandbox:slow=10' });
    await processing(caller, task);

    const after = await before.restart();
    try {
      const again = createCaller(after.url, caller.token);
      expect((await follow(again, task.id)).at(-1)).toMatchObject({ status: 'SUCCESS', images: [{}] });
    } finally {
      await after.remove();
    }
  },
);

// A lease that its holder did not give back runs for 15 seconds more.
it.concurrent('loses no task and no credit to kill -9', { timeout: 90_000 }, async ({ onTestFinished }) => {
  const installation = await createInstallation({ SANDBOX_SPEED: '10', SIGNUP_CREDITS: '20' });
  onTestFinished(() => installation.remove());
  const caller = await signUp(await installation.start());
  const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'tomato' } })
    .png()
    .toBuffer();
  const { data } = await caller.upload(picture);
  const prompt = 'A lighthouse sandbox:slow=80';
  const [fromText, fromImage, lost] = await Promise.all([
    generate(caller, { prompt }),
    generate(caller, {
      prompt,
      model: 'google/nano-banana',
      scene: 'IMAGE_TO_IMAGE',
      referenceImages: [data!.uploadImage.image.id],
    }),
    generate(caller, { prompt, model: 'gemini-3-pro-image-preview' }),
  ]);
  await Promise.all([fromText, fromImage, lost].map((task) => processing(caller, task)));
  await installation.end('SIGKILL');

  const again = createCaller(await installation.start(), caller.token);
  const ends = await Promise.all(
    [fromText, fromImage, lost].map(async ({ id }) => (await follow(again, id)).at(-1)!),
  );
  expect(ends).toMatchObject([
    { status: 'SUCCESS', refundedCredits: 0, images: [{}] },
    { status: 'SUCCESS', refundedCredits: 0, images: [{}] },
    { status: 'FAILED', failure: { code: 'PROVIDER_LOST' }, refundedCredits: 2, images: [] },
  ]);
  for (const { url, width, height } of ends.flatMap(({ images }) => images)) {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ width, height });
  }
  expect(await credits(again)).toBe(20 - 2 - 4);

  expect(await installation.end('SIGTERM')).toBe(0);
  const audited = await installation.audit();
  expect(audited).toMatchObject({ code: 0, output: expect.stringContaining('3 tasks') });
  expect(audited.output).not.toContain('BROKEN');
});
