/** The public pages of share links, as the HTTP server mounts them. */
import type { Config } from './config/config.ts';
import { readStylesheet } from './http/client-files.ts';
import { createOwnOrigin } from './http/origin.ts';
import type { AdmittedHandler } from './http/request-limits.ts';
import type { Infrastructure } from './infrastructure.ts';
import { createAddressOf } from './lib/client-address.ts';
import { createSharedPageHandler } from './sharing/handler.ts';
import { createSharedPageLookup } from './sharing/lookup.ts';
import type { TaskSystem } from './task-system.ts';

interface Parts {
  infrastructure: Infrastructure;
  taskSystem: TaskSystem;
  /** Of the built web client. */
  clientFolder: string;
}

export function createSharedPages(
  config: Config,
  { infrastructure, taskSystem, clientFolder }: Parts,
): AdmittedHandler {
  const { database, imageSystem, publicUrl } = infrastructure;
  const ownOrigin = createOwnOrigin(config.trustedProxies);
  return createSharedPageHandler({
    pageOf: createSharedPageLookup({ prisma: database.prisma }),
    storage: imageSystem.storage,
    models: taskSystem.models,
    addressOf: createAddressOf(config.trustedProxies),
    originOf: (request) => config.publicUrl ?? ownOrigin(request) ?? publicUrl,
    stylesheet: () => readStylesheet(clientFolder, 'shared-page'),
  });
}
