/**
 * Words in a prompt that script what the emulators do with it: `a red fox sandbox:slow=20 sandbox:fewer`. A word
 * may carry a value after `=`; several words may stand in one prompt.
 */
export interface ScriptWord {
  word: string;
  /** What the value after `=` means, and what holds without one. */
  value?: string;
  replicate: string;
  gemini: string;
}

const ordinary = 'No effect.';

/** Every word, with what it does at each provider. The only list: the documentation prints it. */
export const scriptWords = [
  {
    word: 'slow',
    value: 'seconds of running; three times the usual',
    replicate: 'Runs that long.',
    gemini: 'Answers after that long.',
  },
  {
    word: 'queued',
    value: 'seconds; 30',
    replicate: 'Stays `starting` that long before it runs.',
    gemini: 'Waits that long before the usual time begins.',
  },
  {
    word: 'blocked',
    value: 'for Gemini a blockReason; PROHIBITED_CONTENT',
    replicate: 'Ends as `failed` with E005, flagged as sensitive.',
    gemini: 'Answers with `promptFeedback.blockReason` and no candidate.',
  },
  {
    word: 'finish',
    value: 'a finishReason; OTHER',
    replicate: ordinary,
    gemini: 'Answers with that finishReason and no picture.',
  },
  {
    word: 'failed',
    value: 'a platform code: PA, E9828, E1000, E1001, E6716; an error of the model itself',
    replicate: 'Ends as `failed` with that error.',
    gemini: '500 INTERNAL, every time.',
  },
  {
    word: 'interrupted',
    value: 'how many times; once',
    replicate: 'The first prediction of this prompt ends as `failed` with a retryable platform error.',
    gemini: 'The first call with this prompt gets 500 INTERNAL.',
  },
  {
    word: 'aborted',
    replicate: 'Ends as `aborted` without having started.',
    gemini: '504 DEADLINE_EXCEEDED, every time.',
  },
  {
    word: 'rate-limited',
    value: 'how many times; once',
    replicate: 'The first creation with this prompt gets 429 with Retry-After.',
    gemini: 'The first call with this prompt gets 429 with RetryInfo.',
  },
  {
    word: 'quota',
    replicate: '429 for low credit without Retry-After, every time.',
    gemini: '429 for the daily quota without RetryInfo, every time.',
  },
  {
    word: 'fewer',
    replicate: 'One picture fewer than asked for; none where one was asked for.',
    gemini: 'Of the calls with this prompt that run together, the first gets NO_IMAGE.',
  },
  {
    word: 'lost',
    replicate: 'The prediction is created, then 404 and missing from the list.',
    gemini: 'NO_IMAGE, every time.',
  },
  {
    word: 'flaky',
    value: 'how many times; 3 at Replicate, 1 at Gemini',
    replicate: 'The first GETs of each prediction get 500.',
    gemini: 'The first call with this prompt gets 503 UNAVAILABLE.',
  },
  {
    word: 'outage',
    replicate: '502 with an HTML page for every creation; nothing is created.',
    gemini: '503 UNAVAILABLE, every time.',
  },
  {
    word: 'drop',
    replicate: 'The prediction is created and runs, but the connection is cut instead of an answer.',
    gemini: 'The work is taken, then the connection is cut.',
  },
  {
    word: 'duplicate-webhook',
    replicate: 'Every webhook is delivered twice, and the first once more after the last.',
    gemini: ordinary,
  },
  {
    word: 'expired',
    replicate: 'Succeeds, but the pictures answer 404.',
    gemini: ordinary,
  },
  {
    word: 'text-only',
    replicate: 'Succeeds with `output: null`.',
    gemini: 'STOP with a text and no picture.',
  },
  {
    word: 'plain',
    replicate: 'The pictures are patches of colour, made at once: for load.',
    gemini: 'The picture is patches of colour, made at once: for load.',
  },
  {
    word: 'drafts',
    replicate: ordinary,
    gemini: 'A draft picture stands before the final one.',
  },
  {
    word: 'continued',
    replicate: ordinary,
    gemini: 'Answers with a text, a continuationToken and finishReason CONTINUATION first.',
  },
  {
    word: 'slow-body',
    value: 'seconds; 5',
    replicate: 'The bytes of each picture trickle in over that long.',
    gemini: "The answer's bytes trickle in over that long.",
  },
  {
    word: 'auth',
    replicate: '401, as for a revoked token.',
    gemini: '400 with reason API_KEY_INVALID.',
  },
  {
    word: 'no-credit',
    replicate: '402.',
    gemini: '400 FAILED_PRECONDITION, as for missing billing.',
  },
  {
    word: 'bad-response',
    replicate: '201 with an HTML page for the creation; nothing is created.',
    gemini: '200 with JSON that breaks off.',
  },
] as const satisfies readonly ScriptWord[];

export type Word = (typeof scriptWords)[number]['word'];

/** The words of one prompt. */
export interface Script {
  has(word: Word): boolean;
  /** The word's value where it is a number of 0 or more, else `fallback`. */
  number(word: Word, fallback: number): number;
  /** The word's value. */
  text(word: Word): string | undefined;
  /** Words after `sandbox:` that are none of the list, misspelt ones above all. */
  unknown: readonly string[];
}

const pattern = /\bsandbox:([a-z]+(?:-[a-z]+)*)(?:=(\w+(?:\.\d+)?))?/gi;

/** The one reader of the words in a prompt. */
export function readScript(prompt: string): Script {
  const known = new Set<string>(scriptWords.map(({ word }) => word));
  const values = new Map<string, string | undefined>();
  for (const match of prompt.matchAll(pattern)) values.set((match[1] ?? '').toLowerCase(), match[2]);
  return {
    has: (word) => values.has(word),
    number(word, fallback) {
      const value = Number(values.get(word));
      return Number.isFinite(value) ? value : fallback;
    },
    text: (word) => values.get(word),
    unknown: [...values.keys()].filter((word) => !known.has(word)),
  };
}
