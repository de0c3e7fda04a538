/** Numbers, dates and plurals as one language writes them. Made when first used: `Intl` is slow to set up. */
export function createFormats(locale: string) {
  const numberFormat = once(() => new Intl.NumberFormat(locale));
  const percentFormat = once(() => new Intl.NumberFormat(locale, { style: 'percent' }));
  const listFormat = once(() => new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' }));
  const timeFormat = once(() => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }));
  const date = (options: Intl.DateTimeFormatOptions) => {
    const ofThisYear = once(() => new Intl.DateTimeFormat(locale, options));
    const withYear = once(() => new Intl.DateTimeFormat(locale, { ...options, year: 'numeric' }));
    return (instant: Date, isThisYear = instant.getFullYear() === new Date().getFullYear()) =>
      (isThisYear ? ofThisYear() : withYear()).format(instant);
  };
  // Creating an `Intl` format takes as long as half the first render, and small integers need none.
  const number = (value: number) =>
    Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : numberFormat().format(value);
  const counted = (count: number, one: string, many: string) =>
    `${number(count)} ${count === 1 ? one : many}`;

  return {
    number,
    /** A number with its noun, in English and German, which have one plural each. */
    counted,
    /** Of a whole number from 0 to 100. */
    percent: (value: number) => percentFormat().format(value / 100),
    /** `a, b, and c`. */
    list: (names: readonly string[]) => listFormat().format(names),
    /** Bytes in MB, rounded up, so that a file over the limit never seems to meet it. A limit is rounded down. */
    megabytes: (bytes: number, round = Math.ceil) => `${number(round((bytes / 1_048_576) * 10) / 10)} MB`,
    /** A duration in milliseconds, as a rough figure. */
    seconds: (durationMs: number) => `${number(Math.max(1, Math.round(durationMs / 1000)))} s`,
    minutes: (durationMs: number, one: string, many: string) =>
      counted(Math.max(1, Math.round(durationMs / 60_000)), one, many),
    /** The time of a day. */
    time: (instant: Date) => timeFormat().format(instant),
    /** A day and its time, short; its year only where it is not the current one. */
    instant: date({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }),
    /** A day; its year only where it is not the current one. */
    day: date({ day: 'numeric', month: 'long' }),
  };
}

function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}
