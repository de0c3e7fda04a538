/** Every option that the catalogue offers reaches the provider: another value makes another request. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, type ProviderName } from '../models/catalogue.ts';
import { type ModelOption, optionsIn } from '../models/options.ts';
import { createGeminiProvider } from './gemini.ts';
import { type ImageProvider, optionNames } from './provider.ts';
import { createReplicateProvider } from './replicate.ts';
import { openScriptedServer, type ScriptedServer } from '../../tests/support/scripted-server.ts';
import { apiKey, request, token } from '../../tests/support/provider-messages.ts';

const createProvider: Readonly<Record<ProviderName, (url: string) => ImageProvider>> = {
  replicate: (url) => createReplicateProvider({ token, baseUrl: `${url}/v1` }),
  gemini: (url) => createGeminiProvider({ apiKey, baseUrl: url }),
};

/** Two values of the option; one where there is no choice. */
function valuesOf(option: ModelOption): unknown[] {
  return option.type === 'enum' ? option.values.slice(-2) : [...new Set([option.min, option.max])];
}

const choices = catalogue
  .filter((model) => !model.retired)
  .flatMap((model) =>
    optionsIn(model, 'TEXT_TO_IMAGE').map((option) => ({ model, option, name: option.name })),
  )
  .filter(({ option }) => valuesOf(option).length > 1);

describe('an option of the catalogue', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
  });
  afterAll(() => server.close());

  it.each(choices)('is sent to the model: $name of $model.name', async ({ model, option }) => {
    const sent: unknown[] = [];
    for (const value of valuesOf(option)) {
      server.answer(() => ({ status: 404, json: {} }));
      const options = { count: 1, [option.name]: value };
      await createProvider[model.provider](server.url).start(request({ model: model.name, options }), {
        signal: new AbortController().signal,
      });
      sent.push(server.requests.map(({ json }) => json));
    }
    expect(sent[0]).not.toEqual(sent[1]);
  });

  it('is offered by at least one model', () => {
    expect(optionNames.filter((option) => !choices.some(({ name }) => name === option))).toEqual([]);
  });
});
