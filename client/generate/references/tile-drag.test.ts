import { describe, expect, it } from 'vitest';
import { createTileDrag } from './reference-tile.tsx';

function start(initial: string[]) {
  let ids = initial;
  const drag = createTileDrag({
    ids: () => ids,
    move(id, place) {
      const others = ids.filter((other) => other !== id);
      ids = [...others.slice(0, place), id, ...others.slice(place)];
    },
  });
  const event = (dropEffect: string) =>
    ({ dataTransfer: { dropEffect, setData: () => {} }, preventDefault: () => {} }) as unknown as DragEvent;
  return { drag, ids: () => ids.join(''), event };
}

describe('dragging a tile', () => {
  it('puts it in the place of the tile under it, at once', () => {
    const { drag, ids, event } = start(['a', 'b', 'c']);
    drag.start(event('move'), 'a');
    drag.over('c');
    expect(ids()).toBe('bca');
    drag.over('a');
    drag.over('b');
    expect(ids()).toBe('abc');
    drag.over('b');
    drag.end(event('move'));
    expect([ids(), drag.draggedId()]).toEqual(['bac', undefined]);
  });

  it('puts it back when the drag is given up', () => {
    const { drag, ids, event } = start(['a', 'b', 'c']);
    drag.start(event('move'), 'c');
    drag.over('a');
    expect(ids()).toBe('cab');
    drag.end(event('none'));
    expect(ids()).toBe('abc');
  });

  it('leaves other things that are dragged over it alone', () => {
    const { drag, ids } = start(['a', 'b']);
    drag.over('b');
    expect(ids()).toBe('ab');
  });
});
