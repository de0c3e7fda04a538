/** Name, form and default of each environment variable, and which are set together. */
import { z } from 'zod';
import { type ProviderName, providerNames, providerTable } from '../models/catalogue.ts';
import { traceVariables } from '../traces/settings.ts';

const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const optional = z.string().trim().min(1).optional();
/** What is checked further is one: those checks would throw otherwise. */
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address', abort: true });
const origin = httpUrl.refine(
  (url) => new URL(url).origin === url,
  'must be an origin, such as https://app.example',
);
const emailAddress = z
  .string()
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an email address')
  .toLowerCase();
const list = (item: z.ZodString | z.ZodURL) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''))
    .pipe(z.array(item));

const authSecret = z.string().min(32, 'must have at least 32 characters');

type ProviderVariable = (typeof providerTable)[ProviderName]['key' | 'baseUrl'];
const providerVariables = Object.fromEntries(
  providerNames.flatMap((name) => [
    [providerTable[name].key, optional],
    [providerTable[name].baseUrl, httpUrl.optional()],
  ]),
) as Record<ProviderVariable, typeof optional>;

/** Name, form and default of each variable. `.env.example` lists the same names; a test holds it to that. */
export const variables = {
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  /** Where people and providers reach this installation; no trailing slash. Made from the port where unset. */
  PUBLIC_URL: origin.optional(),
  CORS_ORIGINS: list(origin).default([]),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
  REDIS_PREFIX: z.string().default('proofsheet'),
  S3_BUCKET: optional,
  S3_ENDPOINT: httpUrl.optional(),
  S3_PREFIX: z
    .string()
    .max(100)
    .regex(
      /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*$/,
      'must be lower-case words joined by slashes, such as proofsheet/production',
    )
    .optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: optional,
  S3_SECRET_ACCESS_KEY: optional,
  AUTH_SECRET: authSecret.optional(),
  /** Other values that are accepted during a rotation of it. */
  AUTH_SECRETS_ACCEPTED: list(authSecret).optional(),
  ...providerVariables,
  REPLICATE_BASE_URL: httpUrl.refine((url) => /\/v1\/?$/.test(url), 'must end in /v1').optional(),
  /** Several while it is replaced. */
  REPLICATE_WEBHOOK_SECRET: list(z.string().startsWith('whsec_', 'starts with whsec_')).optional(),
  GEMINI_MODEL: z.string().default('gemini-3-pro-image'),
  OUTPUT_ORIGINS: list(origin).default([]),
  IMPORT_ORIGINS: list(origin).default([]),
  WEBHOOK_ORIGINS: list(origin).default([]),
  SANDBOX: z.enum(['auto', 'off']).default('auto'),
  /** Whether the schema can be asked for, also by the suggestions in errors. */
  INTROSPECTION: z.enum(['on', 'off']).default('on'),
  /** As INTROSPECTION where unset, because GraphiQL needs it. */
  GRAPHIQL: z.enum(['on', 'off']).optional(),
  SANDBOX_SPEED: z.coerce.number().min(0.1).max(1000).default(1),
  SIGNUP_CREDITS: integer(0, 1_000_000).default(20),
  /** Users with these addresses become operators. */
  ADMIN_EMAILS: list(emailAddress).default([]),
  /** Credits that may be charged on one UTC day: to each user, and to all users together. */
  DAILY_CREDIT_LIMIT: integer(1, 2_147_483_647).optional(),
  DAILY_CREDIT_LIMIT_TOTAL: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  /** Where users get more credits: a page, or a `mailto:` address to ask. */
  CREDITS_URL: z
    .url({ protocol: /^(https?|mailto)$/, error: 'must be an http, https or mailto address' })
    .optional(),
  TASK_TIMEOUT_MS: integer(1_000, 3_600_000).default(180_000),
  POLL_INTERVAL_MS: integer(50, 60_000).default(1_000),
  WORKER_CONCURRENCY: integer(1, 256).default(16),
  MAX_ACTIVE_TASKS: integer(1, 10_000).default(100),
  MAX_UPLOAD_BYTES: integer(1_024, 50_000_000).default(5_242_880),
  MAX_STORED_BYTES_PER_USER: integer(0, Number.MAX_SAFE_INTEGER).default(5_368_709_120),
  UPLOAD_RETENTION_DAYS: integer(0, 36_500).default(30),
  /** Days until the pictures of a task are deleted; 0: never. */
  RETENTION_DAYS: integer(0, 36_500).default(0),
  OPERATIONS_PER_MINUTE: integer(1, 1_000_000_000).default(3_000),
  /** Half of OPERATIONS_PER_MINUTE where unset. */
  OPERATIONS_PER_MINUTE_PER_KEY: integer(1, 1_000_000_000).optional(),
  REFUSED_REQUESTS_PER_MINUTE: integer(1, 1_000_000_000).default(600),
  MAX_SOCKETS_PER_ADDRESS: integer(1, 1_000_000).default(500),
  MAX_SOCKETS_PER_USER: integer(1, 1_000_000).default(50),
  MAX_SUBSCRIPTIONS_PER_USER: integer(1, 1_000_000).default(500),
  SIGN_INS_PER_MINUTE: integer(1, 1_000_000_000).default(30),
  FAILED_SIGN_INS_PER_MINUTE: integer(1, 1_000_000_000).default(10),
  TRUSTED_PROXIES: integer(0, 10).default(0),
  /** A second port, for `/metrics` and the health checks; absent: `/metrics` is on `PORT`. */
  ADMIN_PORT: integer(0, 65_535).optional(),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  ACCESS_LOG: z.enum(['on', 'off']).default('off'),
  /** Sign-in with Google, GitHub and an OpenID Connect issuer: each where its client is set. */
  GOOGLE_CLIENT_ID: optional,
  GOOGLE_CLIENT_SECRET: optional,
  GITHUB_CLIENT_ID: optional,
  GITHUB_CLIENT_SECRET: optional,
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_CLIENT_ID: optional,
  OIDC_CLIENT_SECRET: optional,
  /** What users read on the button. */
  OIDC_NAME: z.string().trim().min(1).max(50).default('OpenID Connect'),
  /** Whether accounts can be created: freely, with an invitation, or not at all. */
  SIGNUPS: z.enum(['open', 'invite', 'closed']).default('open'),
  SIGNUPS_PER_ADDRESS_PER_DAY: integer(0, 1_000_000_000).default(20),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).optional(),
  MAIL_FROM: optional,
  /** Whether an account is usable only once its email address is confirmed. */
  REQUIRE_EMAIL_VERIFICATION: z.enum(['on', 'off']).default('off'),
  ...traceVariables,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
} as const;

/** The variables of each sign-in provider, which are set together. */
const signInVariables = [
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
] as const;

/** @param isServing Whether what only serving needs must be there. */
export const createSchema = (isServing: boolean) =>
  z.object(variables).superRefine((env, context) => {
    const refuse = (path: keyof typeof variables, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (isServing && env.DATABASE_URL && !env.AUTH_SECRET)
      refuse('AUTH_SECRET', 'must be set where DATABASE_URL is, so that every node knows the same sessions');
    if (Boolean(env.S3_ACCESS_KEY_ID) !== Boolean(env.S3_SECRET_ACCESS_KEY))
      refuse('S3_SECRET_ACCESS_KEY', 'must be set together with S3_ACCESS_KEY_ID, or neither');
    for (const names of signInVariables)
      for (const missing of names.filter((name) => !env[name]))
        if (names.some((name) => env[name]))
          refuse(missing, `must be set together with ${names.filter((name) => env[name]).join(' and ')}`);
    if (env.SMTP_URL && !env.MAIL_FROM) refuse('MAIL_FROM', 'must be set where SMTP_URL is');
    if (env.S3_ENDPOINT && !env.S3_BUCKET) refuse('S3_BUCKET', 'must be set where S3_ENDPOINT is');
    if (env.S3_PREFIX && !env.S3_BUCKET) refuse('S3_BUCKET', 'must be set where S3_PREFIX is');
    for (const { key, baseUrl } of Object.values(providerTable))
      if (env[baseUrl] && !env[key]) refuse(key, `must be set where ${baseUrl} is`);
  });
