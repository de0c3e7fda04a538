/** Changes of many rows, a batch at a time. */

/** Few enough rows for one statement to stay far below the database's time limit, however many wait. */
export const batchSize = 5_000;

/**
 * Repeats the change of one batch until nothing is left to change.
 * @param changeBatch Changes `batchSize` rows at most, and resolves with their number.
 * @returns How many rows were changed.
 */
export async function inBatches(changeBatch: () => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const changed = await changeBatch();
    total += changed;
    if (changed < batchSize) return total;
  }
}
