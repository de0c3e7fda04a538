/** `GET /api/images.zip`: the results of the tasks that a filter finds, as a zip. */
import { AppError } from '../lib/errors.ts';
import { fileWords } from '../lib/file-words.ts';
import type { ZipEntry } from '../http/zip-download.ts';
import { zipEntryOf } from '../images/zip-entry.ts';
import { knownModelName } from '../models/schema.ts';
import type { ImageStorage } from '../storage/storage.ts';
import type { TaskCondition, TaskList } from './list.ts';
import type { TaskService } from './service.ts';
import { taskStatuses } from './task.ts';

/** Tasks that are in memory at a time. */
const pageSize = 50;

interface Dependencies {
  tasks: Pick<TaskService, 'findMany'>;
  taskList: Pick<TaskList, 'page'>;
  storage: Pick<ImageStorage, 'open'>;
}

/**
 * @returns the images of a user's tasks, newest first, by the parameters of a query: those of `TaskFilter`, `status`
 *   repeated for several; with `favorite`, only the images that are favorites
 */
export function createResultsZip({ tasks, taskList, storage }: Dependencies) {
  async function* entries(userId: string, condition: TaskCondition): AsyncGenerator<ZipEntry> {
    for (let beyond: string | undefined; ;) {
      const ids = await taskList.page(userId, condition, { take: pageSize, beyond });
      beyond = ids.at(-1);
      if (beyond === undefined) return;
      for (const { prompt, createdAt, images } of await tasks.findMany(userId, ids))
        for (const image of images) {
          if (condition.hasFavorite && !image.isFavorite) continue;
          // The end of an id is random.
          const parts = [createdAt.toISOString().slice(0, 10), fileWords(prompt), image.id.slice(-8)];
          const entry = await zipEntryOf(storage, image, parts.filter(Boolean).join('-'));
          if (entry) yield entry;
        }
    }
  }
  return (userId: string, parameters: URLSearchParams) => entries(userId, conditionOf(parameters));
}

/** @throws {AppError} INVALID_INPUT */
function conditionOf(parameters: URLSearchParams): TaskCondition {
  const one = (name: string) => parameters.get(name) || undefined;
  const oneOf = <Value extends string>(name: string, value: string, known: readonly Value[]): Value => {
    const found = known.find((each) => each === value);
    if (found === undefined) throw invalid(name, `one of ${known.join(', ')}`);
    return found;
  };
  const instant = (name: string) => {
    const value = one(name);
    const date = new Date(value ?? 0);
    if (Number.isNaN(date.getTime())) throw invalid(name, 'an instant as ISO 8601 writes it');
    return value === undefined ? undefined : date;
  };
  const [scene, model, search, favorite] = ['scene', 'model', 'search', 'favorite'].map(one);
  const status = parameters.getAll('status').map((value) => oneOf('status', value, taskStatuses));
  const [createdAfter, createdBefore] = ['createdAfter', 'createdBefore'].map(instant);
  return {
    ...(status.length > 0 && { status: [...new Set(status)] }),
    ...(scene && { scene: oneOf('scene', scene, ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE']) }),
    ...(model && { model: knownModelName(model) }),
    ...(search && { search }),
    ...(favorite && { hasFavorite: oneOf('favorite', favorite, ['true', 'false']) === 'true' }),
    ...(createdAfter && { createdAfter }),
    ...(createdBefore && { createdBefore }),
  };
}

const invalid = (name: string, form: string) =>
  new AppError('INVALID_INPUT', `The parameter ${name} is ${form}.`, name);
