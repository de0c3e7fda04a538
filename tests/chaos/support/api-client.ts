/** A careful client of the API: it sends idempotency keys, and repeats a request that got no answer. */
import { createCaller, signUp } from '../../support/api.ts';
import { pause, scaled } from './chaos.ts';

export interface ApiClient {
  token: string;
  /** The id of the task, however often it had to be asked for. @throws where it is refused */
  generate(input: {
    prompt: string;
    idempotencyKey: string;
    model?: string;
    options?: { count: number };
  }): Promise<string>;
  /** One request; its answer or its failure as it comes. */
  post<T>(url: string, query: string, variables?: object, timeoutMs?: number): Promise<Answer<T>>;
  credits(url: string): Promise<number>;
}

export interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions: { code: string } }[];
}

export const generateDocument = `mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }`;

export function generateVariables(input: object) {
  return { input: { model: 'black-forest-labs/flux-schnell', scene: 'TEXT_TO_IMAGE', ...input } };
}

/** Each kill takes the answers with it that were under way, so that some requests have to be made very often. */
const patienceMs = scaled(120_000, 1_800_000);

/** Signs up at the first address; `urls` are the addresses to try, read again for each try. */
export async function createApiClient(
  urls: () => string[],
  pick: (urls: string[]) => string,
): Promise<ApiClient> {
  const { token } = await signUp(pick(urls()));
  if (!token) throw new Error('No user is signed in');
  const client: ApiClient = {
    token,
    async post<T>(url: string, query: string, variables: object = {}, timeoutMs = 12_000) {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return (await answer.json()) as Answer<T>;
    },
    async generate(input) {
      for (const endsAt = Date.now() + patienceMs; ; await pause(100)) {
        const targets = urls();
        const answer =
          targets.length === 0
            ? undefined
            : await client
                .post<{ generateImage: { task: { id: string } } | null }>(
                  pick(targets),
                  generateDocument,
                  generateVariables(input),
                )
                .catch(() => undefined);
        const generated = answer?.data?.generateImage;
        if (generated) return generated.task.id;
        const refusal = answer?.errors?.find(({ extensions }) => extensions.code !== 'INTERNAL');
        if (refusal) throw new Error(`Refused: ${JSON.stringify(refusal)}`);
        if (Date.now() > endsAt) throw new Error(`No answer for ${input.idempotencyKey}`);
      }
    },
    async credits(url) {
      const { viewer } = await createCaller(url, token).ask<{ viewer: { credits: number } }>(
        '{ viewer { credits } }',
      );
      return viewer.credits;
    },
  };
  return client;
}

/** So many wait for an answer at most: a machine that cannot keep up is given less, not ever more. */
const maxWaiting = 8;

/** New tasks, one each `everyMs`; `stop` resolves with the ids of all, once each has been accepted. */
export function startLoad(everyMs: number, generate: (index: number) => Promise<string>) {
  const requests: Promise<string>[] = [];
  let waiting = 0;
  const timer = setInterval(() => {
    if (waiting >= maxWaiting) return;
    waiting += 1;
    const request = generate(requests.length).finally(() => (waiting -= 1));
    request.catch(() => {}); // `stop` rejects with it.
    requests.push(request);
  }, everyMs);
  return {
    async stop(): Promise<string[]> {
      clearInterval(timer);
      return Promise.all(requests);
    },
  };
}
