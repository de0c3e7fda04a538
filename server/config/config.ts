/** The only reader of the environment: every fault at once. */
import type { z } from 'zod';
import { StartupError } from '../lib/startup-error.ts';
import { type ProviderName, providerNames, providerTable } from '../models/catalogue.ts';
import { traceSettingsOf } from '../traces/settings.ts';
import { createSchema, variables } from './variables.ts';
import { misspelt, unreadParameters, unsupportedProtocol } from './warnings.ts';

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads the configuration from the variables, each under its name in camel case; an empty value counts as unset.
 * @param options.isServing `false` for what only reads the data: then no secret of the installation is required.
 * @throws {StartupError} names every invalid variable, one a line
 */
export function readConfig(env: Record<string, string | undefined>, { isServing = true } = {}) {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const { data, error } = createSchema(isServing).safeParse(set);
  if (error) {
    // Refinements over several variables run only once each variable is well formed; both kinds are listed.
    const faults = error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new StartupError(`The configuration has ${faults.length} fault(s):\n${faults.join('\n')}`);
  }
  return {
    ...inCamelCase(data),
    redis: data.REDIS_URL === undefined ? undefined : { url: data.REDIS_URL, prefix: data.REDIS_PREFIX },
    s3: data.S3_BUCKET
      ? {
          bucket: data.S3_BUCKET,
          region: data.S3_REGION,
          prefix: data.S3_PREFIX,
          endpoint: data.S3_ENDPOINT,
          accessKeyId: data.S3_ACCESS_KEY_ID,
          secretAccessKey: data.S3_SECRET_ACCESS_KEY,
        }
      : undefined,
    providers: Object.fromEntries(
      providerNames.map((name) => {
        const { key, baseUrl } = providerTable[name];
        return [name, { key: data[key], baseUrl: data[baseUrl] }];
      }),
    ) as Record<ProviderName, { key: string | undefined; baseUrl: string | undefined }>,
    /** Emulate each provider that has no key. */
    sandbox: data.SANDBOX === 'auto',
    /** Undefined where no traces are sent. */
    traces: traceSettingsOf(data),
    signInProviders: {
      google: clientOf(data.GOOGLE_CLIENT_ID, data.GOOGLE_CLIENT_SECRET),
      github: clientOf(data.GITHUB_CLIENT_ID, data.GITHUB_CLIENT_SECRET),
      oidc: oidcOf(data),
    },
    requireEmailVerification: data.REQUIRE_EMAIL_VERIFICATION === 'on',
    introspection: data.INTROSPECTION === 'on',
    accessLog: data.ACCESS_LOG === 'on',
    graphiql: (data.GRAPHIQL ?? data.INTROSPECTION) === 'on',
    operationsPerMinutePerKey:
      data.OPERATIONS_PER_MINUTE_PER_KEY ?? Math.ceil(data.OPERATIONS_PER_MINUTE / 2),
    /** What is set and has no effect, for the log: each names a variable or parameter and what may have been meant. */
    warnings: [
      ...misspelt(Object.keys(set)),
      ...unreadParameters(data.DATABASE_URL),
      ...unsupportedProtocol(set['OTEL_EXPORTER_OTLP_PROTOCOL']),
    ],
  };
}

const secretNames = /SECRET|KEY|TOKEN|PASSWORD|HEADERS/;

/** The variables with their values or defaults, for operators: `***` for secrets, which are no numbers, and for the credentials of addresses. */
export function describeConfig(config: Config): { name: string; value: string | null }[] {
  return Object.keys(variables).map((name) => {
    const raw = (config as Record<string, unknown>)[camelCase(name)];
    if (raw === undefined) return { name, value: null };
    if (typeof raw !== 'number' && secretNames.test(name)) return { name, value: '***' };
    const text = typeof raw === 'boolean' ? (raw ? 'on' : 'off') : String(raw);
    return { name, value: text.replaceAll(/(\w+:\/\/)[^/?#]*@/g, '$1***@').replace(/\?.*$/s, '?***') };
  });
}

/** Both are there, or neither. */
function clientOf(clientId: string | undefined, clientSecret: string | undefined) {
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

function oidcOf(data: z.infer<ReturnType<typeof createSchema>>) {
  const client = clientOf(data.OIDC_CLIENT_ID, data.OIDC_CLIENT_SECRET);
  return client && data.OIDC_ISSUER
    ? { ...client, issuer: data.OIDC_ISSUER, name: data.OIDC_NAME }
    : undefined;
}

type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

const camelCase = (name: string) =>
  name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

function inCamelCase<Values extends object>(values: Values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [camelCase(name), value])) as {
    [Name in keyof Values & string as CamelCase<Name>]: Values[Name];
  };
}

/** Reads `.env` of the working directory, where there is one, and then the process's own environment, which wins. */
export function loadConfig(options: { isServing?: boolean } = {}): Config {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return readConfig(process.env, options);
}

/** Whether an npm script started this process. */
export function isRunByNpm(): boolean {
  return process.env['npm_lifecycle_event'] !== undefined;
}
