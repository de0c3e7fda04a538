import type { ValidComponent } from 'solid-js';
import { lazyComponent } from '../ui/lazy-component.ts';
import { afterPaint } from './boot/schedule.ts';

/** As `lazyComponent`, but what is shown already is painted before it is loaded. */
export function lazyAfterPaint<Name extends string, Shown extends Exclude<ValidComponent, string>>(
  load: () => Promise<Record<Name, Shown>>,
  name: Name,
) {
  return lazyComponent(() => afterPaint().then(load), name);
}
