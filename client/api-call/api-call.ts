/** The request of a task as calls of the API, in texts to copy. They hold no key: the environment does. */

/** The request, by the API's names. */
export interface ApiRequest {
  /** `Model.name`. */
  model: string;
  prompt: string;
  scene: string;
  /** Ids. */
  referenceImages: readonly string[];
  options: Readonly<Record<string, unknown>>;
  providerOptions: Readonly<Record<string, unknown>>;
}

export interface ApiCall {
  curl: string;
  /** With the SDK. */
  typescript: string;
  document: string;
  /** Of the document, as JSON. */
  variables: string;
}

/** The variable of the environment with the API key, as in the documentation. */
export const keyVariable = 'PROOFSHEET_KEY';

const document = `mutation GenerateImage($input: GenerateImageInput!) {
  generateImage(input: $input) {
    task {
      id
      status
    }
  }
}`;

/** @param origin Of the server: `https://images.example`. */
export function apiCallOf(request: ApiRequest, origin: string): ApiCall {
  const input = inputOf(request);
  return {
    curl: curlOf(input, origin),
    typescript: typescriptOf(input, origin),
    document,
    variables: json({ input }),
  };
}

/** Without what is empty. */
function inputOf({ referenceImages, options, providerOptions, ...request }: ApiRequest) {
  return {
    ...request,
    ...(referenceImages.length > 0 && { referenceImages }),
    ...(Object.keys(options).length > 0 && { options }),
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
  };
}

/** The shell takes what is between the lines as it is; no line of JSON is the last one, as strings hold no line break. */
function curlOf(input: object, origin: string): string {
  const body = json({ query: document.replaceAll(/\s+/g, ' '), variables: { input } });
  return `curl -sS '${origin}/graphql' \\
  -H "authorization: Bearer $${keyVariable}" -H 'content-type: application/json' \\
  --data-binary @- <<'END'
${body}
END
`;
}

function typescriptOf(input: object, origin: string): string {
  return `import { createClient } from '@proofsheet/sdk';

const client = createClient({ url: '${origin}', apiKey: process.env.${keyVariable} });

const task = await client.generate(${json(input)});
console.log((await task.result()).images.map(({ url }) => url));
`;
}

const json = (value: object) => JSON.stringify(value, null, 2);
