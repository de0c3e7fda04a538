import { createRoot, createEffect } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWords, showTables } from './translation.ts';

const english = {
  title: 'Sea',
  count: (count: number) => `${count} waves`,
  deep: { list: ['a', 'b'], kinds: { A: 'one' } },
};
const german: typeof english = {
  title: 'Meer',
  count: (count) => `${count} Wellen`,
  deep: { list: ['c'], kinds: { A: 'eins' } },
};

describe('a translation', () => {
  it('has the shape of its table: texts, functions, lists and groups', () => {
    const words = createWords('test', english);
    expect([words.title, words.count(2), words.deep.list, words.deep.kinds.A]).toEqual([
      'Sea',
      '2 waves',
      ['a', 'b'],
      'one',
    ]);
  });

  it('changes all of them at once, in everything that reads them', () => {
    const words = createWords('test', english);
    const seen: string[] = [];
    createRoot((dispose) => {
      onTestFinished(dispose);
      createEffect(() => seen.push(`${words.title}, ${words.count(3)}, ${words.deep.list.join()}`));
    });
    showTables({ test: german });
    onTestFinished(() => showTables({}));
    expect(seen).toEqual(['Sea, 3 waves, a,b', 'Meer, 3 Wellen, c']);
    expect(words.deep.kinds.A).toBe('eins');
  });
});
