/** Enlargement beyond what fits the window, which is 1. */
const steps = [1, 1.5, 2, 3, 4] as const;

/** The next step up or down; the same where there is none. */
export function nextZoom(factor: number, direction: 1 | -1): number {
  const next =
    direction === 1 ? steps.find((step) => step > factor) : steps.findLast((step) => step < factor);
  return next ?? factor;
}
