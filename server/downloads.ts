/** What a session can download as a zip, by its path. */
import type { IncomingMessage } from 'node:http';
import { createAccountExport } from './account/export.ts';
import type { Auth } from './auth/session.ts';
import type { Handler } from './http/handler.ts';
import { createZipDownload } from './http/zip-download.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { TaskSystem } from './task-system.ts';
import type { Services } from './graphql/context.ts';
import { createResultsZip } from './tasks/results-zip.ts';

interface Parts {
  infrastructure: Infrastructure;
  taskSystem: TaskSystem;
  auth: Auth;
}

/** @returns finds the handler of a request for a download */
export function createDownloads(
  { infrastructure, taskSystem, auth }: Parts,
  { taskList, sharing }: Pick<Services, 'taskList' | 'sharing'>,
) {
  const { prisma } = infrastructure.database;
  const { storage } = infrastructure.imageSystem;
  const { tasks } = taskSystem;
  const viewerOf = auth.viewer;
  const handlers: Readonly<Record<string, Handler>> = {
    '/api/account/export': createZipDownload({
      fileName: 'proofsheet-export.zip',
      viewerOf,
      entriesOf: createAccountExport({ prisma, storage, shareLinkUrl: sharing.url }),
    }),
    '/api/images.zip': createZipDownload({
      fileName: 'proofsheet-images.zip',
      viewerOf,
      entriesOf: createResultsZip({ tasks, taskList, storage }),
    }),
  };
  return ({ url = '' }: IncomingMessage): Handler | undefined => {
    const [path = ''] = url.split('?');
    return Object.hasOwn(handlers, path) ? handlers[path] : undefined;
  };
}
