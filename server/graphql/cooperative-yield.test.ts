import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createCooperativeYield } from './cooperative-yield.ts';

it('lets the event loop run between the parts of an operation', async () => {
  const yieldToOthers = createCooperativeYield();
  let done = 0;
  const parts = Array.from({ length: 100 }, () => yieldToOthers({}).then(() => (done += 1)));
  const seen = new Set<number>();
  while (done < 100) {
    seen.add(done);
    await setImmediate();
  }
  await Promise.all(parts);
  expect(seen.size).toBeGreaterThan(10);
});

it('goes round between operations, so that a small one does not wait for a large one', async () => {
  const yieldToOthers = createCooperativeYield();
  const order: string[] = [];
  const [large, small] = [{}, {}];
  const ask = (operation: object, name: string) => yieldToOthers(operation).then(() => order.push(name));
  await Promise.all([
    ...Array.from({ length: 1_000 }, () => ask(large, 'large')),
    ...Array.from({ length: 3 }, () => ask(small, 'small')),
  ]);
  expect(order.lastIndexOf('small')).toBeLessThan(10);
});
