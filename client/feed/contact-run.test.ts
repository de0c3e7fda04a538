import { expect, it } from 'vitest';
import { inRuns, runHeight } from './contact-run.tsx';

it('divides a list into runs, and loses nothing', () => {
  const items = Array.from({ length: 7 }, (_, index) => index);
  expect(inRuns(items, 3)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(inRuns([], 3)).toEqual([]);
});

it('is as high as its rows, the last of which may not be full', () => {
  expect(runHeight(48, { columns: 8, height: 200 })).toBe(1_200);
  expect(runHeight(5, { columns: 4, height: 130 })).toBe(260);
});
