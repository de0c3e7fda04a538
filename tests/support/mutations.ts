/** Mutations of valid requests. Bytes are texts in which each character is one byte, so that counterexamples are readable. */
import { array, constantFrom, type Arbitrary, integer, nat, oneof, record, string } from 'fast-check';

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** JSON of other types, ranges and shapes than any field has. */
const strangeJson = oneof(
  constantFrom('null', 'true', '-1', '0.5', '1e999', '9'.repeat(400), '""', '"__proto__"', '"\\ud800"'),
  constantFrom('[]', '{}', '[null]', nested('[', ']', 50), nested('[', ']', 3_000), nested('{"a":', '}', 9)),
  // Global ids of a task that does not exist, of an unknown type, and of no type.
  constantFrom('"VGFzazp4"', '"Tm90aGluZzox"', '"VGFzaw=="', '"2200-01-01T00:00:00Z"', '"\\u0000"'),
  string({ unit: 'binary' }).map((text) => Buffer.from(JSON.stringify(text)).toString('latin1')),
);

type Edit = (text: string, at: number, length: number, json: string) => string;

const edits: Record<string, Edit> = {
  flip: (text, at, length) =>
    text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 0) ^ (length & 255)) + text.slice(at + 1),
  truncate: (text, at) => text.slice(0, at),
  delete: (text, at, length) => text.slice(0, at) + text.slice(at + length),
  duplicate: (text, at, length) => text.slice(0, at + length) + text.slice(at),
  insert: (text, at, _, json) => text.slice(0, at) + json + text.slice(at),
  /** The first value from there on, whatever it is in. */
  replaceValue: (text, at, _, json) =>
    text.slice(0, at) + text.slice(at).replace(/"(?:[^"\\]|\\.)*"(?!:)|(?<=[:[])\w+/, () => json),
};

const edit = record({
  change: constantFrom(...Object.values(edits)),
  at: nat(),
  length: integer({ min: 1, max: 300 }),
  json: strangeJson,
});

/** One of the texts, with up to three edits. */
export function mutated(...texts: string[]): Arbitrary<string> {
  return record({ text: constantFrom(...texts), changes: array(edit, { maxLength: 3 }) }).map(
    ({ text, changes }) =>
      changes.reduce(
        (bytes, { change, at, length, json }) => change(bytes, at % (bytes.length + 1), length, json),
        text,
      ),
  );
}

/** The headers, one of which is in every third case another or changed; with the characters that a header may have. */
export function mutatedHeaders(headers: Record<string, string>): Arbitrary<Record<string, string>> {
  const further = ['accept-language', 'content-encoding', 'cookie', 'origin', 'x-api-key', 'x-request-id'];
  const changed = constantFrom(...Object.keys(headers), ...further).chain((name) =>
    mutated(headers[name] ?? '', ...Object.values(headers)).map((value) => ({
      ...headers,
      [name]: value.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?'),
    })),
  );
  return oneof({ weight: 2, arbitrary: constantFrom(headers) }, { weight: 1, arbitrary: changed });
}
