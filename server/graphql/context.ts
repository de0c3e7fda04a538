/** What every resolver gets. */
import type { Viewer } from '../auth/session.ts';
import { AppError } from '../errors.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { ImageService } from '../images/service.ts';
import type { ModelService } from '../models/service.ts';
import type { TaskService } from '../tasks/service.ts';

export interface Services {
  prisma: PrismaClient;
  tasks: TaskService;
  images: ImageService;
  models: ModelService;
}

export interface Context extends Services {
  viewer: Viewer | null;
}

/** The signed-in user. @throws {AppError} UNAUTHENTICATED */
export function requireViewer({ viewer }: Context): Viewer {
  if (!viewer)
    throw new AppError('UNAUTHENTICATED', 'Sign in first: this needs a session cookie or a bearer token.');
  return viewer;
}
