/** Selects the adapters for storage and providers by the configuration, and loads large ones only where it names them. */
import path from 'node:path';
import type { Config } from './config/config.ts';
import type { Log } from './lib/log.ts';
import { createLogMailer } from './mail/log-mailer.ts';
import type { Mailer } from './mail/mailer.ts';
import { connectRedis } from './lib/redis.ts';
import { deriveSecrets, type Secrets } from './lib/secret.ts';
import type { Metrics } from './metrics/metrics.ts';
import { type ProviderName, providerNames } from './models/catalogue.ts';
import { createGeminiProvider } from './providers/gemini.ts';
import type { ImageProvider } from './providers/provider.ts';
import { canBeSigned } from './providers/replicate-webhook.ts';
import { createReplicateProvider, type ReplicateProvider } from './providers/replicate.ts';
import { type CallLimits, replicateLimits, throttle } from './providers/throttle.ts';
import type { Traces } from './traces/traces.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { StartupError } from './lib/startup-error.ts';
import { createFileLinks } from './storage/file-link.ts';
import { createFilesHandler } from './storage/files.ts';
import { createLocalStorage } from './storage/local.ts';
import type { ImageStorage } from './storage/storage.ts';

/**
 * Files in DATA_DIR, or an S3-compatible store, from which browsers load pictures directly; `files` serves the local ones,
 * and every download, so that a page needs no rights at the store.
 */
export async function openStorage(
  config: Config,
  { publicUrl, secrets }: { publicUrl: string; secrets: Secrets },
) {
  const { current: secret, accepted: acceptedSecrets } = deriveSecrets(secrets, 'files');
  const links = { baseUrl: `${publicUrl}/files`, secret };
  const storage = config.s3
    ? (await import('./storage/s3.ts')).createS3Storage(config.s3)
    : createLocalStorage({ ...links, folder: path.join(config.dataDir, 'pictures') });
  return {
    storage,
    downloadUrl: createFileLinks(links),
    files: createFilesHandler({ storage, secret, acceptedSecrets }),
  };
}

/** The storage alone, for work that makes no addresses of pictures and so needs no secret. */
export async function openUnsignedStorage(config: Config): Promise<ImageStorage> {
  return (await openStorage(config, { publicUrl: '', secrets: { current: '', accepted: [] } })).storage;
}

/**
 * Writes and reads one object, so that a wrong bucket or key ends the start and not the first upload. A store that does
 * not answer is only logged: this node serves what needs no pictures, and uses the store when it is back.
 * @throws {StartupError}
 */
export async function checkStorage(storage: ImageStorage, config: Config, log: Log): Promise<void> {
  try {
    await storage.check();
  } catch (error) {
    const problem = config.s3 && (await import('./storage/s3.ts')).describeS3Error(error, config.s3);
    if (problem !== undefined) throw new StartupError(problem, { cause: error });
    log.warn({ component: 'storage', error }, 'The storage does not answer');
  }
}

/** Sends over SMTP where SMTP_URL is set; otherwise the links of mails are logged. */
export async function openMailer({ smtpUrl, mailFrom }: Config, log: Log): Promise<Mailer> {
  if (smtpUrl === undefined || mailFrom === undefined) return createLogMailer(log);
  return (await import('./mail/smtp-mailer.ts')).createSmtpMailer({ url: smtpUrl, from: mailFrom });
}

interface Environment {
  config: Config;
  /** Has an emulator for each provider that is emulated; absent where none is. */
  sandbox: Sandbox | undefined;
  log: Log;
  /** Where the sandbox reaches this process. */
  port: number;
  publicUrl: string;
}

interface ProviderSetup {
  provider: ImageProvider;
  /** Absent: any number of calls. */
  limits?: CallLimits;
  readWebhook?: ReplicateProvider['readWebhook'];
}

/** Creates the adapter of each provider, for the emulator where there is one; undefined without a key. */
const setups: Readonly<Record<ProviderName, (environment: Environment) => ProviderSetup | undefined>> = {
  replicate({ config, sandbox, log, port, publicUrl }) {
    const { key, baseUrl } = config.providers.replicate;
    const emulator = sandbox?.replicate;
    const token = emulator?.token ?? key;
    if (token === undefined) return undefined;
    const provider = createReplicateProvider({
      token,
      baseUrl: emulator?.baseUrl ?? baseUrl,
      webhooks: emulator
        ? { publicUrl: `http://127.0.0.1:${port}`, secrets: [emulator.webhookSecret] }
        : webhooksOf(config, publicUrl),
      outputOrigins: config.outputOrigins,
      log,
    });
    return { provider, limits: replicateLimits, readWebhook: provider.readWebhook };
  },

  gemini({ config, sandbox, log }) {
    const { key, baseUrl } = config.providers.gemini;
    const apiKey = sandbox?.gemini?.apiKey ?? key;
    if (apiKey === undefined) return undefined;
    const provider = createGeminiProvider({
      apiKey,
      baseUrl: sandbox?.gemini?.baseUrl ?? baseUrl,
      model: config.geminiModel,
      outputOrigins: config.outputOrigins,
      log,
    });
    return { provider };
  },
};

async function openSandbox(config: Config, providers: readonly ProviderName[], log: Log): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/sandbox.ts');
  return startSandbox({
    providers,
    speed: config.sandboxSpeed,
    folder: path.join(config.dataDir, 'sandbox'),
    log: (message, details) => log.warn({ component: 'sandbox', ...details }, message),
  });
}

/** An adapter for each provider that has a key, or that the sandbox stands in for. */
export async function openProviders(
  config: Config,
  {
    metrics,
    traces,
    log,
    port,
    publicUrl,
  }: Omit<Environment, 'config' | 'sandbox'> & { metrics: Metrics; traces: Traces },
) {
  const emulated = config.sandbox ? providerNames.filter((name) => !config.providers[name].key) : [];
  const sandbox = emulated.length > 0 ? await openSandbox(config, emulated, log) : undefined;
  const redis = config.redis && connectRedis(config.redis);
  redis?.on('error', () => {}); // The fan-out logs it; meanwhile each node counts for itself.

  const providers: Partial<Record<ProviderName, ImageProvider>> = {};
  const sandboxed: Partial<Record<ProviderName, boolean>> = {};
  let read: ProviderSetup['readWebhook'];
  for (const name of providerNames) {
    const setup = setups[name]({ config, sandbox, log, port, publicUrl });
    if (!setup) continue;
    const { provider, limits, readWebhook } = setup;
    const observed = traces.tasks.traceCalls(name, metrics.timeCalls(name, provider));
    providers[name] = limits ? throttle(observed, { name, limits, redis }) : observed;
    sandboxed[name] = emulated.includes(name);
    read ??= readWebhook;
  }
  const stop = async () => {
    redis?.disconnect();
    await sandbox?.close();
  };
  return { providers, sandboxed, webhooks: read && { canBeSigned, read }, stop };
}

/** Replicate calls public HTTPS addresses only, and what it signs can be checked only with its secret. */
function webhooksOf({ replicateWebhookSecret: secrets }: Config, publicUrl: string) {
  return secrets && publicUrl.startsWith('https://') ? { publicUrl, secrets } : undefined;
}
