/** Models as callers name them. */
import { localId } from '../graphql/global-id.ts';
import { AppError } from '../lib/errors.ts';
import { findModel } from './catalogue.ts';

/** The name of a model that is given by global id, name or alias; as it is given where the catalogue has no such model. */
export function modelName(idOrName: string): string {
  const name = localId(idOrName, 'Model') ?? idOrName;
  // PostgreSQL takes no NUL, and no model's name holds one.
  return findModel(name)?.name ?? (name.includes('\0') ? '-' : name.toWellFormed());
}

/**
 * The name of a model to filter by. An id is taken also where this version does not know the model: a task that another
 * version wrote has such a model. @throws {AppError} INVALID_INPUT for an unknown name
 */
export function knownModelName(idOrName: string): string {
  const name = modelName(idOrName);
  if (findModel(name) || localId(idOrName, 'Model') !== undefined) return name;
  throw new AppError(
    'INVALID_INPUT',
    'There is no such model. Ask for `models` to see those there are.',
    'filter.model',
  );
}
