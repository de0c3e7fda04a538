/** The providers of models: their keys, by a call that costs nothing. */
import type { Config } from '../config/config.ts';
import { isJsonObject } from '../lib/json.ts';
import { type ProviderName, providerNames, providerTable } from '../models/catalogue.ts';
import { askGemini, askReplicate, type KeyOptions } from '../providers/key-check.ts';
import { isSuccess, type RequestResult } from '../providers/send-request.ts';
import { type Check, failed, type Finding, ok, skipped, warning } from './examination.ts';

const timeoutMs = 8_000;

const asks: Readonly<Record<ProviderName, (options: KeyOptions, config: Config) => Promise<RequestResult>>> =
  {
    replicate: (options) => askReplicate(options),
    gemini: (options, { geminiModel }) => askGemini({ ...options, model: geminiModel }),
  };

/** Where a new key is made. */
const keyPages: Readonly<Record<ProviderName, string>> = {
  replicate: 'https://replicate.com/account/api-tokens',
  gemini: 'https://aistudio.google.com/apikey',
};

export function providerChecks(config: Config): Check[] {
  return providerNames.map((name) => ({
    name,
    async run() {
      const { key, baseUrl } = config.providers[name];
      if (key === undefined) return withoutKey(name, config);
      return findingOf(name, await asks[name]({ key, baseUrl, timeoutMs }, config), config);
    },
  }));
}

function withoutKey(name: ProviderName, { sandbox, databaseUrl }: Config): Finding {
  const { key } = providerTable[name];
  if (!sandbox) return skipped(`${key} is not set: its models are not offered.`);
  if (databaseUrl)
    return warning(
      `${key} is not set: each node has a sandbox of its own, which other nodes do not see. Set it, or SANDBOX=off.`,
    );
  return skipped(`${key} is not set: the sandbox stands in.`);
}

function findingOf(name: ProviderName, result: RequestResult, { geminiModel }: Config): Finding {
  const { key, baseUrl } = providerTable[name];
  if (isSuccess(result)) return ok(`It accepts ${key}.`);
  if (result.kind !== 'answered')
    return failed(
      `It cannot be reached (${result.reason}). Check ${baseUrl}, DNS, and that this machine may connect to it.`,
    );
  const { status } = result;
  if (status === 401 || status === 403 || isInvalidKey(result.body))
    return failed(`It refuses ${key} (${status}). Make a key at ${keyPages[name]} and set it.`);
  if (status === 404 && name === 'gemini')
    return failed(`It accepts ${key}, but does not have the model ${geminiModel}. Correct GEMINI_MODEL.`);
  if (status === 429)
    return warning(`It has too many requests of this key (429). Check its quota at ${keyPages[name]}.`);
  return failed(`It answers with status ${status}. Check ${baseUrl}, and the provider's status page.`);
}

/** Gemini answers 400 to an invalid key: `API_KEY_INVALID` in the details (https://ai.google.dev/gemini-api/docs/troubleshooting). */
function isInvalidKey(body: unknown): boolean {
  const error = isJsonObject(body) ? body['error'] : undefined;
  return JSON.stringify(error ?? null).includes('API_KEY_INVALID');
}
