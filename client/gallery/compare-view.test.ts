import { describe, expect, it } from 'vitest';
import { pan, panByKey, shuffled, wholePicture, zoomAt } from './compare-view.ts';

describe('the shown part of compared pictures', () => {
  it('keeps the point under the pointer when it zooms', () => {
    const at = { x: 0.3, y: 0.6 };
    const before = zoomAt(wholePicture, 2, { x: 0.4, y: 0.5 });
    const after = zoomAt(before, 1.5, at);
    // Where the point lies, in boxes from the middle.
    const place = (view: typeof before) => [(at.x - view.x) * view.zoom, (at.y - view.y) * view.zoom];
    expect(after.zoom).toBe(3);
    expect(place(after)[0]).toBeCloseTo(place(before)[0]!);
    expect(place(after)[1]).toBeCloseTo(place(before)[1]!);
  });

  it('shows the whole picture at the least, and eight times as much at most', () => {
    expect(zoomAt(zoomAt(wholePicture, 3, { x: 0, y: 0 }), 0.01)).toEqual(wholePicture);
    expect(zoomAt(wholePicture, 100).zoom).toBe(8);
  });

  it('never leaves the picture', () => {
    const view = zoomAt(wholePicture, 4);
    expect(pan(view, { x: -5, y: 5 })).toEqual({ zoom: 4, x: 0.125, y: 0.875 });
    expect(pan(wholePicture, { x: 0.2, y: 0.2 })).toEqual(wholePicture);
  });

  it('moves by a tenth of what is shown for an arrow key, and for no other', () => {
    const view = zoomAt(wholePicture, 2);
    expect(panByKey(view, 'ArrowRight')).toEqual({ zoom: 2, x: 0.55, y: 0.5 });
    expect(panByKey(view, 'ArrowUp')).toEqual({ zoom: 2, x: 0.5, y: 0.45 });
    expect(panByKey(view, 'a')).toBeUndefined();
  });

  it('shuffles every item into the order of its draw', () => {
    const draws = [0.5, 0.9, 0.1];
    expect(shuffled(['a', 'b', 'c'], () => draws.shift()!)).toEqual(['c', 'a', 'b']);
  });
});
