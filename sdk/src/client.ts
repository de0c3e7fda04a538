/** The client of a Proofsheet server, for Node and browsers. */
import { ProofsheetError } from './errors.ts';
import type * as Types from './generated/operations.ts';
import { createIdempotencyKey } from './idempotency-key.ts';
import { createLiveUpdates } from './live-updates.ts';
import * as operations from './operations.ts';
import type { TypedDocument } from './operations.ts';
import type { RequestOptions } from './retry.ts';
import { createTaskHandle, type TaskHandle } from './task-handle.ts';
import { createTransport, pictureTimeoutMs } from './transport.ts';

export { ProofsheetError, type Refusal, TaskCanceledError, TaskFailedError } from './errors.ts';
export type * from './generated/enums.ts';
export type { ImageOptionsInput, TaskFilter } from './generated/operations.ts';
export type { RequestOptions, TaskHandle, TypedDocument };
export type Task = Types.TaskFieldsFragment;
export type Image = Types.ImageFieldsFragment;
export type Model = Types.ModelsQuery['models'][number];
export type Viewer = NonNullable<Types.ViewerQuery['viewer']>;
export type Client = ReturnType<typeof createClient>;

export interface ClientOptions {
  /** The address of the server: `https://images.example`. */
  url: string;
  /** An API key. Without it and `token`, a page uses the session cookie of its own origin. */
  apiKey?: string | undefined;
  /** The token of a session. */
  token?: string | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Another implementation than `globalThis.WebSocket`; null for none. Without any, tasks are polled. */
  webSocketImpl?: unknown;
  /** For how long a request is repeated, in milliseconds; 0 for never. Default: 2 minutes. */
  retryTimeoutMs?: number | undefined;
}

export interface GenerateInput extends Omit<Types.GenerateImageInput, 'scene' | 'referenceImages'> {
  /** Default: IMAGE_TO_IMAGE with reference images, else TEXT_TO_IMAGE. */
  scene?: Types.Scene;
  /** Images or their ids. */
  referenceImages?: readonly (string | { id: string })[] | undefined;
}

/**
 * Each method takes an AbortSignal, whose reason it then throws, and throws {ProofsheetError} for a refusal. Requests that
 * failed for a reason that passes are repeated, with the same idempotency key.
 * @throws {TypeError} where `url` is no absolute address of http or https
 */
export function createClient(options: ClientOptions) {
  const { transport, liveUpdates } = connect(options);
  const { request } = transport;

  async function read(id: string, signal: AbortSignal | undefined): Promise<Task> {
    const { task } = await request(operations.task, { id }, { signal });
    if (task) return task;
    throw new ProofsheetError('There is no such task.', { code: 'NOT_FOUND', field: 'id' });
  }
  const handle = (task: Task, options: RequestOptions) =>
    createTaskHandle(task, { transport, liveUpdates, read }, options);

  return {
    /** Starts a task. A repeat with the same `idempotencyKey` and input returns the same task and charges nothing. */
    async generate(input: GenerateInput, options: RequestOptions = {}): Promise<TaskHandle> {
      const { generateImage } = await request(operations.generateImage, { input: complete(input) }, options);
      return handle(generateImage!.task, options);
    },

    /** An existing task. @throws {ProofsheetError} NOT_FOUND */
    async task(id: string, options: RequestOptions = {}): Promise<TaskHandle> {
      return handle(await read(id, options.signal), options);
    },

    /** One's own tasks, newest first, read page by page. */
    async *tasks(filter: Types.TaskFilter = {}, options: RequestOptions = {}): AsyncGenerator<Task, void> {
      for (let after: string | null | undefined; ;) {
        const data = await request(operations.tasks, { after, filter }, options);
        const { nodes, pageInfo } = signedIn(data.viewer).tasks;
        yield* nodes;
        if (!pageInfo.hasNextPage) return;
        after = pageInfo.endCursor;
      }
    },

    /** Stores a picture. If its response is lost, it is sent again; a copy that no task uses expires. */
    async upload(picture: Blob | BufferSource, options: RequestOptions = {}): Promise<Image> {
      const file = picture instanceof Blob ? picture : new Blob([picture]);
      const upload = { ...options, file, attemptTimeoutMs: pictureTimeoutMs };
      const data = await request(operations.uploadImage, { file: null }, upload);
      return data.uploadImage!.image;
    },

    /** Stores the picture at a public address. Repeats as `upload`. */
    async importImage(url: string, options: RequestOptions = {}): Promise<Image> {
      const patient = { ...options, attemptTimeoutMs: pictureTimeoutMs };
      return (await request(operations.importImage, { url }, patient)).importImage!.image;
    },

    /** The bytes of an image that was read within the last 30 minutes: its address expires. */
    download(image: Pick<Image, 'url'>, options: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
      return transport.download(image.url, options);
    },

    /** The models that are offered. */
    async models(filter: Types.ModelsQueryVariables = {}, options: RequestOptions = {}): Promise<Model[]> {
      return (await request(operations.models, filter, options)).models;
    },

    /** The user of the credentials. @throws {ProofsheetError} UNAUTHENTICATED */
    async viewer(options: RequestOptions = {}): Promise<Viewer> {
      return signedIn((await request(operations.viewer, {}, options)).viewer);
    },

    /** Any other operation. Set `isIdempotent` where it may be repeated although its outcome is open, as for a query. */
    request<Data = unknown, Variables = Record<string, unknown>>(
      document: TypedDocument<Data, Variables>,
      variables: Variables = {} as Variables,
      { signal, isIdempotent = false }: RequestOptions & { isIdempotent?: boolean | undefined } = {},
    ): Promise<Data> {
      return request(document, variables, { signal, isIdempotent });
    },
  };
}

function connect({ url, apiKey, token = apiKey, ...options }: ClientOptions) {
  const { webSocketImpl = globalThis.WebSocket, retryTimeoutMs = 120_000 } = options;
  const { fetch = (...request) => globalThis.fetch(...request) } = options;
  // Fetch would fail as if the server were unreachable.
  if (!/^https?:$/.test(new URL(url).protocol)) throw new TypeError(`No address of http or https: ${url}`);
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  const endpoint = { url: `${url.replace(/\/$/, '')}/graphql`, authorization };
  return {
    transport: createTransport({ ...endpoint, fetch, retryTimeoutMs }),
    liveUpdates: createLiveUpdates({ ...endpoint, webSocketImpl }),
  };
}

function complete({ scene, referenceImages, idempotencyKey, ...input }: GenerateInput) {
  const references = referenceImages?.map((image) => (typeof image === 'string' ? image : image.id));
  return {
    ...input,
    scene: scene ?? (references?.length ? 'IMAGE_TO_IMAGE' : 'TEXT_TO_IMAGE'),
    referenceImages: references,
    idempotencyKey: idempotencyKey ?? createIdempotencyKey(),
  };
}

function signedIn<User>(viewer: User | null): User {
  if (viewer) return viewer;
  throw new ProofsheetError('Pass a valid API key or session token.', { code: 'UNAUTHENTICATED' });
}
