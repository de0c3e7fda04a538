import { describe, expect, it } from 'vitest';
import { nextZoom } from './large-picture.tsx';

describe('zoom', () => {
  it('goes up and down the same steps, from what fits to four times that', () => {
    const up = [1];
    while (up.length < 8) up.push(nextZoom(up.at(-1) ?? 0, 1));
    expect(up).toEqual([1, 1.5, 2, 3, 4, 4, 4, 4]);
    expect([nextZoom(4, -1), nextZoom(1.5, -1), nextZoom(1, -1)]).toEqual([3, 1, 1]);
  });
});
