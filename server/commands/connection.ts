/**
 * Where the command executes its operations: in its own process on PostgreSQL or on the folder of a stopped server, and
 * otherwise in the server that uses the folder.
 */
import { OperationRefused, type Execute } from '../admin/command/run.ts';
import { commandViewer, createOperatorToken, operatorSecrets } from '../admin/operator-token.ts';
import type { Config } from '../config/config.ts';
import { assertDatabase, readAddress, readSecret } from '../data-dir.ts';
import { DataDirLocked } from '../database/lock.ts';
import { type Database, openAsIs } from '../database/open.ts';
import type { Context } from '../graphql/context.ts';
import { createFixedQuery } from '../graphql/fixed-query.ts';
import { AppError } from '../lib/errors.ts';
import { createPerKeySemaphore } from '../lib/per-key-limits.ts';
import { createCommandDeletion } from './deletion.ts';
import { createOperatorServices } from '../operator-services.ts';
import { publishOnce } from '../tasks/redis-events.ts';
import type { TaskSnapshot } from '../tasks/store/snapshot.ts';

/** Runs the work with what executes operations. @throws {Error} with what to do where there is no installation */
export async function withOperatorConnection<Result>(
  config: Config,
  work: (execute: Execute) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl: url, dataDir } = config;
  assertDatabase(config);
  let database: Database;
  try {
    database = await openAsIs({ url, dataDir });
  } catch (error) {
    if (error instanceof DataDirLocked) return work(await throughServer(config, error));
    throw error;
  }
  const announcements = new Set<Promise<void>>();
  const announce = (task: TaskSnapshot) => {
    if (config.redis) announcements.add(publishOnce(config.redis, task));
  };
  try {
    return await work(await inProcess(config, database, announce));
  } finally {
    await Promise.all(announcements);
    await database.close();
  }
}

/** @param onTaskChange Called with each task that was changed, for its subscribers at the nodes. */
async function inProcess(
  config: Config,
  { prisma }: Database,
  onTaskChange: (task: TaskSnapshot) => void,
): Promise<Execute> {
  const { schema } = await import('../schema.ts');
  const services = {
    prisma,
    listLimit: createPerKeySemaphore(1),
    ...createOperatorServices(config, {
      prisma,
      publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
      onTaskChange,
      deleteUser: createCommandDeletion(config, { prisma, onTaskChange }),
    }),
  };
  // What is for operators uses no other service.
  const context = { ...services, viewer: commandViewer } as unknown as Context;
  return async (document, variables) => {
    try {
      return await createFixedQuery(schema, document)(context, variables);
    } catch (error) {
      const { originalError: cause } = error as { originalError?: unknown };
      throw cause instanceof AppError ? new OperationRefused(`${cause.code}: ${cause.message}`) : error;
    }
  };
}

export interface RunningServer {
  address: string;
  /** Of each request: they prove that it comes from the command. */
  headers(): Record<string, string>;
}

/** The server that uses the folder. @throws {Error} with what to do where the process that uses it does not serve */
export async function findServer(
  { authSecret, dataDir }: Config,
  locked: DataDirLocked,
): Promise<RunningServer> {
  const address = await readAddress(dataDir);
  if (!address)
    throw new Error(`${locked.message}\nIt does not serve: if it is a server that starts, try again.`);
  const secrets = operatorSecrets({ current: authSecret ?? (await readSecret(dataDir)), accepted: [] });
  return {
    address,
    headers: () => ({
      'Content-Type': 'application/json',
      authorization: `Bearer ${createOperatorToken(secrets.current)}`,
    }),
  };
}

async function throughServer(config: Config, locked: DataDirLocked): Promise<Execute> {
  const { address, headers } = await findServer(config, locked);
  return async (query, variables) => {
    const response = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: headers(),
      body: JSON.stringify({ query, variables }),
    }).catch((error: unknown) => {
      throw new Error(`The server at ${address} does not answer.`, { cause: error });
    });
    // It listens before it serves.
    if (!response.headers.get('content-type')?.includes('json'))
      throw new Error(`The server at ${address} answers with status ${response.status}. Try again.`);
    const { data, errors } = (await response.json()) as {
      data?: unknown;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    const [error] = errors ?? [];
    if (error) throw new OperationRefused(`${error.extensions?.code ?? 'INTERNAL'}: ${error.message}`);
    return data;
  };
}
