/**
 * Like `Promise.all`, but waits for every promise even where one rejects, so that no work continues in the
 * background; then rejects with the first reason.
 */
export async function settleAll<Values extends readonly unknown[]>(
  promises: readonly [...{ [Index in keyof Values]: Values[Index] | Promise<Values[Index]> }],
): Promise<Values> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as Values;
}
