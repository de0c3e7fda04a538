import { expect, it } from 'vitest';
import { progressPercent } from './replicate-progress.ts';

it.each<[string, string, number | undefined]>([
  [
    'the last bar',
    '  0%|     | 0/4 [00:00<?]\n 50%|██   | 2/4 [00:00<00:00]\n 75%|███▌ | 3/4 [00:00<00:00]\n',
    75,
  ],
  ['the last bar before other lines', ' 75%|███▌ | 3/4 [00:00<00:00]\nTotal safe images: 1 out of 1\n', 75],
  [
    'lines joined by a carriage return',
    '  0%|  | 0/8 [00:00<?]\r 25%|▌ | 2/8 [00:01<00:03]\r 38%|▊ | 3/8 [00:01<00:02]',
    38,
  ],
  ['a bar behind a description', 'Denoising:  62%|██▌ | 5/8 [00:01<00:01, 4.2it/s]', 62],
  ['a percentage alone', 'step done\nprogress: 41 %', undefined],
  ['a percentage at the end', 'progress: 41%', 41],
  ['a fraction', 'progress 12.5%', 12],
  ['a full bar, which is not the end', '100%|████| 4/4 [00:00<00:00]', 99],
  ['more than all', '250%|████| 10/4 [00:00<00:00]', 99],
  ['a bar that starts again', '100%|████| 4/4 [00:00<00:00]\n  0%|    | 0/4 [00:00<?]', 0],
  ['a count without a total', '4it [00:00, 5.52it/s]', undefined],
  ['other words with a percent sign', 'kept 50% of the memory free', undefined],
  ['no bar', 'Generating image with the model...\nGenerated image in 8.89 seconds', undefined],
  ['nothing', '', undefined],
])('reads %s', (_, logs, percent) => {
  expect(progressPercent(logs)).toBe(percent);
});

it.each([[null], [undefined], [7], [{}]])('reads nothing from logs that are %j', (logs) => {
  expect(progressPercent(logs)).toBeUndefined();
});

it('reads the end of very long logs in no time', () => {
  const logs = `${' '.repeat(5_000_000)}\n${'% '.repeat(100_000)}\n 30%|█ | 3/10 [00:00<00:00]`;
  const startedAtMs = performance.now();
  expect(progressPercent(logs)).toBe(30);
  expect(performance.now() - startedAtMs).toBeLessThan(500);
});
