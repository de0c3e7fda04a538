/** Ranges of ids by time: an id begins with the milliseconds of the node that made it (RFC 9562, section 5.7). */

/** How far a node's clock may differ from the database's. */
const skewMs = 3_600_000;

/** An id that none is below which a node gave at that instant of the database's clock, or later. */
export const lowestId = (instant: Date): string => firstIdAt(instant.getTime() - skewMs);

/** An id that none is above which a node gave at that instant of the database's clock, or earlier. */
export const highestId = (instant: Date): string => firstIdAt(instant.getTime() + skewMs);

function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
