import { type Accessor, createEffect, createRoot, untrack } from 'solid-js';

/** Calls `run` with a part of the page: at once, or as soon as it has loaded, so that no press is lost. */
export function whenLoaded<Part>(part: Accessor<Part | undefined>, run: (loaded: Part) => void): void {
  const loaded = untrack(part);
  if (loaded !== undefined) return run(loaded);
  createRoot((dispose) =>
    createEffect(() => {
      const late = part();
      if (late === undefined) return;
      dispose();
      untrack(() => run(late));
    }),
  );
}
