/** A caller of the API, as an integrator would be: `fetch`, a bearer token and a WebSocket. */
import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface GraphQLAnswer<T> {
  data?: T | null;
  extensions?: { cost: { requested: number; limit: number; remaining: number; resetAt: string } };
  errors?: {
    message: string;
    path?: unknown[];
    extensions: {
      code: string;
      field?: string;
      id?: string;
      retryAfter?: number;
      maxBytes?: number;
      maxPixels?: number;
    };
  }[];
}

export type Caller = Awaited<ReturnType<typeof signUp>>;

/** A new user of the app, signed in. */
export async function signUp(url: string, { email = `${randomUUID()}@example.test` } = {}) {
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      name: 'Tester',
      email,
      password: 'correct horse battery',
    }),
  });
  if (!answer.ok) throw new Error(`Sign-up answered ${answer.status}: ${await answer.text()}`);
  const { token } = (await answer.json()) as { token: string };
  return createCaller(url, token);
}

/** @param further Headers of each HTTP request beside the token. */
export function createCaller(url: string, token?: string, further: Record<string, string> = {}) {
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const headers = { ...authorization, ...further };

  async function post<T>(query: string, variables: object = {}): Promise<GraphQLAnswer<T>> {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return (await answer.json()) as GraphQLAnswer<T>;
  }

  return {
    token,
    /** The answer as it comes, errors included. */
    post,
    /** The data; throws where there are errors. */
    async ask<T>(query: string, variables: object = {}): Promise<T> {
      const { data, errors } = await post<T>(query, variables);
      if (errors?.length || !data) throw new Error(JSON.stringify(errors));
      return data;
    },
    /** The code, and field where there is one, of the refusal: `INVALID_INPUT prompt`. */
    async refusal(query: string, variables: object = {}): Promise<string> {
      const { errors } = await post(query, variables);
      return (errors ?? [])
        .map(({ extensions: { code, field } }) => (field ? `${code} ${field}` : code))
        .join(', ');
    },
    /** `uploadImage` by the multipart request specification. */
    async upload(
      bytes: Uint8Array,
      { name = 'picture.png', type = 'image/png' } = {},
    ): Promise<GraphQLAnswer<{ uploadImage: { image: { id: string; url: string } } }>> {
      const form = new FormData();
      const query =
        'mutation ($file: File!) { uploadImage(file: $file) { image { id url width height contentType byteSize } } }';
      form.set('operations', JSON.stringify({ query, variables: { file: null } }));
      form.set('map', JSON.stringify({ 0: ['variables.file'] }));
      form.set('0', new File([bytes as Uint8Array<ArrayBuffer>], name, { type }));
      const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
      return (await answer.json()) as GraphQLAnswer<{ uploadImage: { image: { id: string; url: string } } }>;
    },
    /** Every result of the subscription until it completes. */
    subscribe<T>(query: string, variables: Record<string, unknown> = {}) {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: authorization,
        retryAttempts: 0,
      });
      const results = client.iterate<T>({ query, variables });
      return { results, close: () => client.dispose() };
    },
  };
}

export const taskFields = `
  id version status prompt costCredits refundedCredits options
  model { id name } provider { name sandbox }
  progress { percent source etaSeconds }
  failure { code message retryable }
  images { id url downloadUrl thumbnailUrl thumbhash width height contentType byteSize }
  referenceImages { id }
`;

export interface TaskData {
  id: string;
  version: number;
  status: 'PENDING' | 'PROCESSING' | 'SUCCESS' | 'FAILED' | 'CANCELED';
  costCredits: number;
  refundedCredits: number;
  options: Record<string, unknown>;
  model: { id: string; name: string };
  progress: { percent: number | null; source: string };
  failure: { code: string; message: string; retryable: boolean } | null;
  images: {
    id: string;
    url: string;
    downloadUrl: string;
    thumbnailUrl: string;
    width: number;
    height: number;
    contentType: string;
  }[];
}

const generateDocument = `mutation ($input: GenerateImageInput!) {
  generateImage(input: $input) { task { ${taskFields} } viewer { credits } }
}`;

/** A request that is accepted unless `input` says otherwise. */
export function generateVariables(input: object = {}) {
  return {
    input: {
      model: 'black-forest-labs/flux-schnell',
      scene: 'TEXT_TO_IMAGE',
      prompt: 'A red kite over dunes',
      ...input,
    },
  };
}

export async function generate(caller: Caller, input: object = {}): Promise<TaskData> {
  const { generateImage } = await caller.ask<{ generateImage: { task: TaskData } }>(
    generateDocument,
    generateVariables(input),
  );
  return generateImage.task;
}

/** The refusal of a `generateImage`, as `INVALID_INPUT prompt`. */
export function refusedGenerate(caller: Caller, input: object = {}): Promise<string> {
  return caller.refusal(generateDocument, generateVariables(input));
}

/** Every state of the task that the subscription tells, up to the final one. */
export async function follow(caller: Caller, id: string): Promise<TaskData[]> {
  const { results, close } = caller.subscribe<{ taskUpdated: TaskData }>(
    `subscription ($id: ID) { taskUpdated(id: $id) { ${taskFields} } }`,
    { id },
  );
  const states: TaskData[] = [];
  for await (const { data, errors } of results) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    states.push(data.taskUpdated);
  }
  await close();
  return states;
}

export async function credits(caller: Caller): Promise<number> {
  const { viewer } = await caller.ask<{ viewer: { credits: number } }>('{ viewer { credits } }');
  return viewer.credits;
}
