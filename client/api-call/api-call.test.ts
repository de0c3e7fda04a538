import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { apiCallOf, type ApiRequest } from './api-call.ts';

const request: ApiRequest = {
  model: 'google/nano-banana',
  prompt: 'A lighthouse',
  scene: 'IMAGE_TO_IMAGE',
  referenceImages: ['SW1hZ2U6MQ==', 'SW1hZ2U6Mg=='],
  options: { count: 2, aspectRatio: '16:9', seed: 7 },
  providerOptions: { safety_tolerance: 3 },
};
const origin = 'https://proofs.example';

/** What the command sends, with a function in place of curl. */
function run(command: string): { args: string[]; body: unknown } {
  const script = `curl() { printf '%s\\n' "$@"; echo BODY; cat; }\n${command}`;
  const output = execFileSync('bash', ['-u', '-c', script], {
    env: { PATH: '/usr/bin:/bin', PROOFSHEET_KEY: 'psk_of_the_environment' },
    encoding: 'utf8',
  });
  const [args = '', body = ''] = output.split('\nBODY\n');
  return { args: args.split('\n'), body: JSON.parse(body) };
}

describe('the call of a request', () => {
  it('is a command that sends it with the key of the environment', () => {
    const { args, body } = run(apiCallOf(request, origin).curl);
    expect(args).toContain('https://proofs.example/graphql');
    expect(args).toContain('authorization: Bearer psk_of_the_environment');
    expect(body).toEqual({
      query: expect.stringMatching(/^mutation GenerateImage\(\$input: GenerateImageInput!\) \{/),
      variables: { input: request },
    });
  });

  it.each(["It's $(whoami) `id` $HOME \\", 'One\nEND\ntwo', '"quoted" 😀 </script> END', "'; rm -rf x #"])(
    'keeps the prompt %j in every text',
    (prompt) => {
      const call = apiCallOf({ ...request, prompt }, origin);
      expect(run(call.curl).body).toMatchObject({ variables: { input: { prompt } } });
      expect(JSON.parse(call.variables)).toEqual({ input: { ...request, prompt } });
      const [, literal] = /client\.generate\((\{[^]*\})\);\n/.exec(call.typescript)!;
      expect(JSON.parse(literal!)).toEqual({ ...request, prompt });
    },
  );

  it('leaves out what is empty', () => {
    const plain = {
      ...request,
      scene: 'TEXT_TO_IMAGE',
      referenceImages: [],
      options: {},
      providerOptions: {},
    };
    expect(JSON.parse(apiCallOf(plain, origin).variables)).toEqual({
      input: { model: 'google/nano-banana', prompt: 'A lighthouse', scene: 'TEXT_TO_IMAGE' },
    });
  });

  it('uses the SDK', () => {
    const { typescript } = apiCallOf(request, origin);
    expect(typescript).toContain("import { createClient } from '@proofsheet/sdk';");
    expect(typescript).toContain("url: 'https://proofs.example', apiKey: process.env.PROOFSHEET_KEY");
  });
});
