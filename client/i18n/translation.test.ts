import { createRoot, createEffect } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMessages, showTables } from './language.ts';

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
    const messages = createMessages('test', english);
    expect([messages.title, messages.count(2), messages.deep.list, messages.deep.kinds.A]).toEqual([
      'Sea',
      '2 waves',
      ['a', 'b'],
      'one',
    ]);
  });

  it('changes all of them at once, in everything that reads them', () => {
    const messages = createMessages('test', english);
    const seen: string[] = [];
    createRoot((dispose) => {
      onTestFinished(dispose);
      createEffect(() => seen.push(`${messages.title}, ${messages.count(3)}, ${messages.deep.list.join()}`));
    });
    showTables({ test: german });
    onTestFinished(() => showTables({}));
    expect(seen).toEqual(['Sea, 3 waves, a,b', 'Meer, 3 Wellen, c']);
    expect(messages.deep.kinds.A).toBe('eins');
  });
});
