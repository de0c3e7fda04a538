import { lazy, type ValidComponent } from 'solid-js';

/** A component that is loaded with its module when it is first shown; `name` is its export. */
export function lazyComponent<Name extends string, Shown extends Exclude<ValidComponent, string>>(
  load: () => Promise<Record<Name, Shown>>,
  name: Name,
) {
  return lazy<Shown>(async () => ({ default: (await load())[name] }));
}
