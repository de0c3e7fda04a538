/** What every resolver gets. Features add their services to `Services` in their `schema.ts`, by declaration merging. */
import { AppError } from '../lib/errors.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { PerKeySemaphore } from '../lib/per-key-limits.ts';

export interface Services {
  prisma: PrismaClient;
  /** Limits the concurrent list and count statements of a user: every paged field runs under it. */
  listLimit: PerKeySemaphore;
}

/** The user of a request's credentials; no promise where it has none. */
export type ViewerOf = (credentials: Pick<Headers, 'get'>) => Viewer | null | Promise<Viewer | null>;

/** The signed-in user of a request. */
export interface Viewer {
  id: string;
  /** Of the request's API key; absent for a session. */
  apiKeyId?: string | undefined;
  /** What the API key may do; absent for a session, which may do everything that its user may. */
  scopes?: readonly string[] | undefined;
  role: 'USER' | 'ADMIN';
}

export interface Context extends Services {
  viewer: Viewer | null;
  /** The client's address; it identifies a client that is not signed in. */
  address: string;
  /** Aborts when the client no longer waits for the response. */
  signal: AbortSignal | undefined;
  /** Maps the URL of a stored image to the one at which the client reaches it. */
  fileUrl: (url: string) => string;
}

/** Whether the caller may use what is for operators: role and API key both have to allow it. */
export function isOperator(viewer: Pick<Viewer, 'role' | 'scopes'> | null): boolean {
  return viewer?.role === 'ADMIN' && (!viewer.scopes || viewer.scopes.includes('ADMIN'));
}

/** The signed-in user. @throws {AppError} UNAUTHENTICATED */
export function requireViewer({ viewer }: Context): Viewer {
  if (!viewer) throw new AppError('UNAUTHENTICATED', 'Sign in first: this needs a session or an API key.');
  return viewer;
}
