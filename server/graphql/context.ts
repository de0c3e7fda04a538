/** What every resolver gets. */
import type { SessionWatch } from '../auth/session-watch.ts';
import type { Viewer } from '../auth/viewer.ts';
import { AppError } from '../errors.ts';
import type { CreditTerms } from '../credits/schema.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { ImageService } from '../images/service.ts';
import type { PerKeyLimit } from '../lib/per-key-limit.ts';
import type { ModelService } from '../models/service.ts';
import type { TaskList } from '../tasks/list.ts';
import type { TaskService } from '../tasks/service.ts';

export interface Services {
  prisma: PrismaClient;
  sessions: SessionWatch;
  tasks: TaskService;
  taskList: TaskList;
  /** Of a user's statements that list or count: everything that pages through rows runs under it. */
  listLimit: PerKeyLimit;
  images: ImageService;
  models: ModelService;
  creditTerms: CreditTerms;
}

export interface Context extends Services {
  viewer: Viewer | null;
  /** Who asks, where nobody is signed in. */
  address: string;
  /** Aborts when the caller no longer waits for the answer. */
  signal: AbortSignal | undefined;
  /** Turns the address of a stored picture into the one at which the caller reaches it. */
  fileUrl: (url: string) => string;
}

/** The signed-in user. @throws {AppError} UNAUTHENTICATED */
export function requireViewer({ viewer }: Context): Viewer {
  if (!viewer)
    throw new AppError('UNAUTHENTICATED', 'Sign in first: this needs a session cookie or a bearer token.');
  return viewer;
}

/** The same values, ending within 5 s of the viewer's session. */
export function whileSignedIn<T>(
  { sessions, viewer }: Context,
  values: AsyncIterableIterator<T>,
): AsyncIterableIterator<T> {
  const stop = viewer ? sessions.watch(viewer.sessionId, () => void values.return?.()) : () => {};
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      try {
        const result = await values.next();
        if (result.done) stop();
        return result;
      } catch (error) {
        stop();
        throw error;
      }
    },
    async return() {
      stop();
      return (await values.return?.()) ?? { done: true, value: undefined };
    },
  };
  return iterator;
}
