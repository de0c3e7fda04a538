const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/** A `Cancel-After` header, such as `90`, `15s` or `1h30m`, in milliseconds; undefined where it is none. */
export function parseDuration(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!/^(\d+[hms])+$/.test(value)) return undefined;
  const parts = value.matchAll(/(\d+)([hms])/g);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
}

/** The seconds of a `Prefer: wait` header, 1 to 60; undefined where the answer is not to wait. */
export function parsePreferredWait(value: string | undefined): number | undefined {
  const match = /^wait(?:=(\d+))?$/.exec(value ?? '');
  if (!match) return undefined;
  return Math.min(60, Math.max(1, Number(match[1] ?? 60)));
}
