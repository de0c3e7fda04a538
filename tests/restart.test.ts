/** What survives the process. */
import { expect, it } from 'vitest';
import { createCaller, follow, generate, signUp } from './support/api.ts';
import { startTestApp } from './support/start-app.ts';

it('finishes after a restart what was under way before it, and the session still holds', async () => {
  const before = await startTestApp({ SANDBOX_SPEED: '10' });
  const caller = await signUp(before.url);
  const task = await generate(caller, { prompt: 'A lighthouse sandbox:slow=10' });
  const first = caller.subscribe<{ taskUpdated: { status: string } }>(
    'subscription ($id: ID) { taskUpdated(id: $id) { status } }',
    { id: task.id },
  );
  for await (const { data } of first.results) if (data?.taskUpdated.status === 'PROCESSING') break;
  await first.close();

  const after = await before.restart();
  try {
    const again = createCaller(after.url, caller.token);
    expect((await follow(again as never, task.id)).at(-1)).toMatchObject({ status: 'SUCCESS', images: [{}] });
  } finally {
    await after.remove();
  }
});
