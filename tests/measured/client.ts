/** A caller that the server tells from others by the address that a proxy writes. */
import { generateVariables } from '../support/api.ts';

export interface ClientOptions {
  url: string;
  token: string;
  /** What the proxy says where requests come from. */
  address: string;
}

export type Client = ReturnType<typeof createClient>;

const uploadDocument = 'mutation ($file: File!) { uploadImage(file: $file) { image { id } } }';
const generateDocument =
  'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';

/** Each function resolves with the code of the answer's first error, else with its status. */
export function createClient({ url, token, address }: ClientOptions) {
  const caller = { authorization: `Bearer ${token}`, 'x-forwarded-for': address };

  async function send(path: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<string> {
    const answer = await fetch(url + path, {
      ...(body !== undefined && { method: 'POST', body }),
      headers: { ...caller, ...headers },
    });
    const text = await answer.text();
    return /"code":"(\w+)"/.exec(text)?.[1] ?? String(answer.status);
  }

  const operation = (query: string, variables: object = {}): Promise<string> =>
    send('/graphql', JSON.stringify({ query, variables }), { 'content-type': 'application/json' });

  return {
    send,
    operation,
    generate: (prompt: string, count = 1): Promise<string> =>
      operation(generateDocument, generateVariables({ prompt, options: { count } })),
    upload(picture: Uint8Array): Promise<string> {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query: uploadDocument, variables: { file: null } }));
      form.set('map', JSON.stringify({ 0: ['variables.file'] }));
      form.set('0', new File([picture as Uint8Array<ArrayBuffer>], 'a.png', { type: 'image/png' }));
      return send('/graphql', form);
    },
  };
}
