/**
 * The port to image providers. An adapter speaks one vendor's HTTP API; no code above it knows that vendor's words, nor
 * whether the images come with the first response or have to be polled for.
 */
import type { FailureCode } from '../lib/failures.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';

export type Scene = 'TEXT_TO_IMAGE' | 'IMAGE_TO_IMAGE';

/** A picture to start from, as it stands in our storage. */
export interface ReferenceImage {
  bytes: Uint8Array;
  contentType: string;
}

/**
 * Every option of a request, in the order of the form: the type of its value, and its description in the API. The
 * catalogue has the values that each model accepts.
 */
export const optionTable = {
  count: { type: 'integer', description: 'How many images, at least 1.' },
  aspectRatio: {
    type: 'enum',
    description:
      '`16:9`; `match_input_image` keeps the shape of the first reference and needs IMAGE_TO_IMAGE.',
  },
  resolution: { type: 'enum', description: 'As the model spells it: `2K`, or megapixels.' },
  outputFormat: { type: 'enum', description: '`jpg`, `png` or `webp`.' },
  seed: { type: 'integer', description: 'Repeats a result, as far as the model can.' },
} as const satisfies Record<string, { type: 'integer' | 'enum'; description: string }>;

export type OptionName = keyof typeof optionTable;
export const optionNames = Object.keys(optionTable) as OptionName[];

/** The type of the value of each option. */
export type OptionValues = {
  [Name in OptionName]: { integer: number; enum: string }[(typeof optionTable)[Name]['type']];
};

/** The options of an accepted request; an absent one is left to the provider. */
export type GenerationOptions = Pick<OptionValues, 'count'> & Partial<Omit<OptionValues, 'count'>>;

/** One request for pictures, checked against the catalogue: what services and adapters share. */
export interface GenerationRequest {
  taskId: string;
  /** 1 for the first submission of the task, then rising. */
  attempt: number;
  /** The model as the provider spells it. */
  model: string;
  scene: Scene;
  prompt: string;
  /** In the order of the user's input; empty for TEXT_TO_IMAGE. */
  references: ReferenceImage[];
  options: GenerationOptions;
  /** Further inputs by the provider's own names. */
  providerOptions: JsonObject;
  /** Milliseconds from the call of `start` until the deadline; passed on to providers that accept one. */
  timeLeftMs: number;
}

export interface ReadOptions {
  signal: AbortSignal;
  /** Awaited before bytes are read into memory, with how many these are at most. */
  reserve?: ((bytes: number) => Promise<void>) | undefined;
}

/** A picture at the provider, or in its answer. */
export interface GeneratedImage {
  /**
   * The picture's bytes, as the provider made them; at most 64 MiB.
   * @throws {GenerationError} OUTPUT_EXPIRED where the provider has deleted it, PROVIDER_BAD_RESPONSE where it is
   *   no picture's address, PROVIDER_UNAVAILABLE where it cannot be reached.
   */
  read(options: ReadOptions): Promise<Uint8Array>;
}

export interface GenerationFailure {
  code: FailureCode;
  /** The vendor's short code (`E005`, `IMAGE_SAFETY`), for logs. Never its text, a key or a URL. */
  reason?: string | undefined;
  /** Set where the same request may be sent again: nothing is running or billed for it at the provider. */
  retry?: {
    afterMs: number;
    /** How many submissions a task may have in all before the failure stands; absent: as many as fit before its deadline. */
    maxAttempts?: number;
  };
}

interface Answered {
  /** The provider's own id of the work. */
  externalId?: string | undefined;
  /** What the provider said, with bytes, data URIs, signatures and keys dropped. */
  answer?: JsonValue | undefined;
}

export type GenerationState =
  | (Answered & {
      status: 'running';
      /** Serialisable; handed back to `poll` and `cancel`. */
      operation: JsonValue;
      /** False while the provider has only queued it. */
      started: boolean;
      /** 0 to 99, where the provider reports it. */
      percent?: number;
    })
  | (Answered & { status: 'succeeded'; images: [GeneratedImage, ...GeneratedImage[]] })
  | (Answered & { status: 'failed'; failure: GenerationFailure })
  /**
   * No conclusive answer. From `poll`: poll again later. From `start`: the provider may have taken the request, so it
   * must not be sent again.
   */
  | (Answered & { status: 'unknown'; retryAfterMs?: number })
  /** From `poll` and `find`: the call was not made, to stay within the provider's limits. */
  | (Answered & { status: 'postponed'; retryAfterMs: number });

/** One submission of a task, which may have reached the provider. */
export interface Submission {
  taskId: string;
  attempt: number;
  /** Milliseconds since it was made, at most. */
  ageMs: number;
}

/** The state that a provider's webhook reports, and of which submission. */
export interface ProviderReport {
  taskId: string;
  attempt: number;
  /** Identifies repeated deliveries. */
  deliveryId: string;
  state: GenerationState;
}

/** Every member resolves with a state, whatever the provider answers; a rejection is a bug. */
export interface ImageProvider {
  /**
   * Sends the request, once. Where `poll` is absent, this takes as long as the pictures take.
   * An abort of `signal` ends the call where nothing is lost by that.
   */
  start(request: GenerationRequest, options: { signal: AbortSignal }): Promise<GenerationState>;
  /** Reads the state of the work. Absent where `start` resolves with the images. */
  poll?(operation: JsonValue, options: { signal: AbortSignal }): Promise<GenerationState>;
  /**
   * Searches for a submission whose answer was lost; null where the provider has none so far. Absent where the provider
   * cannot search.
   */
  find?(submission: Submission, options: { signal: AbortSignal }): Promise<GenerationState | null>;
  /** How many polls a minute its limits leave room for; absent: any number. */
  readonly pollsPerMinute?: number;
  /** Set where the provider also sends webhooks, so that it is polled less often. */
  readonly reports?: boolean;
  /** Cancels the work; does nothing where it has ended. Rejects where the provider could not be reached. */
  cancel?(operation: JsonValue, options: { signal: AbortSignal }): Promise<void>;
}

/** Thrown by `GeneratedImage.read`. */
export class GenerationError extends Error {
  override name = 'GenerationError';
  readonly code: FailureCode;
  constructor(code: FailureCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}
