import { createSignal } from 'solid-js';
import { expect, it } from 'vitest';
import { whenLoaded } from './when-loaded.ts';

it('runs at once where the part is there, otherwise once it has loaded, and then never again', () => {
  const [part, setPart] = createSignal<string>();
  const ran: string[] = [];
  whenLoaded(part, (loaded) => ran.push(`early ${loaded}`));
  expect(ran).toEqual([]);
  setPart('one');
  expect(ran).toEqual(['early one']);
  whenLoaded(part, (loaded) => ran.push(`late ${loaded}`));
  setPart('two');
  expect(ran).toEqual(['early one', 'late one']);
});
