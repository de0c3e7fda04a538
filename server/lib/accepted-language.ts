export type Language = 'en' | 'de';

/** The first language of `Accept-Language` that the server writes in (RFC 9110, section 12.5.4); English without one. */
export function languageOf(acceptLanguage: string | null | undefined): Language {
  const ranges = (acceptLanguage ?? '').split(',').map((range, place) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { name: name.split('-')[0], weight: quality === undefined ? 1 : Number(quality.slice(2)), place };
  });
  const known = ranges.filter(({ name, weight }) => (name === 'en' || name === 'de') && weight > 0);
  const [first] = known.toSorted((one, other) => other.weight - one.weight || one.place - other.place);
  return (first?.name as Language | undefined) ?? 'en';
}
