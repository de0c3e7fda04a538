import { expect, it } from 'vitest';
import { withLogFields } from './log.ts';
import { createLogger } from './logger.ts';

it('puts the fields of the work that runs on every line, also after it has waited', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line) as never) });
  const work = async (call: string) => {
    await Promise.resolve();
    log.warn({ call }, 'A provider call did not succeed');
  };
  await Promise.all([
    withLogFields({ taskId: 'a' }, () => work('poll')),
    withLogFields({ taskId: 'b' }, () => work('start')),
    work('other'),
  ]);
  expect(lines.map(({ taskId, call }) => [taskId, call])).toEqual([
    ['a', 'poll'],
    ['b', 'start'],
    [undefined, 'other'],
  ]);
});
