/** `GET /api/images.zip`: the results of the tasks that a filter finds, as a zip. */
import { AppError } from '../lib/errors.ts';
import { fileWords } from '../lib/file-words.ts';
import type { ZipEntry } from '../http/zip-download.ts';
import { zipEntryOf } from '../images/zip-entry.ts';
import type { Scene } from '../providers/provider.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { conditionOf, type TaskFilterInput } from './filter.ts';
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
  return (userId: string, parameters: URLSearchParams) => entries(userId, conditionOf(filterOf(parameters)));
}

const scenes = ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'] as const satisfies Scene[];

/** Reads each parameter, by its name in `TaskFilter`. */
const readers: { [Name in keyof Required<TaskFilterInput>]: (values: string[]) => TaskFilterInput[Name] } = {
  status: (values) => values.map((value) => oneOf('status', value, taskStatuses)),
  scene: ([value]) => oneOf('scene', value, scenes),
  model: ([value]) => value,
  search: ([value]) => value,
  favorite: ([value]) => oneOf('favorite', value, ['true', 'false']) === 'true',
  createdAfter: ([value]) => instant('createdAfter', value),
  createdBefore: ([value]) => instant('createdBefore', value),
};

/** @throws {AppError} INVALID_INPUT, also for a name that is none of the filter's: without it, more would be found */
function filterOf(parameters: URLSearchParams): TaskFilterInput {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      if (!Object.hasOwn(readers, name)) throw invalid(name, 'unknown');
      return [name, readers[name as keyof TaskFilterInput](parameters.getAll(name))];
    }),
  );
}

function oneOf<Value extends string>(
  name: string,
  value: string | undefined,
  known: readonly Value[],
): Value {
  const found = known.find((each) => each === value);
  if (found === undefined) throw invalid(name, `one of ${known.join(', ')}`);
  return found;
}

function instant(name: string, value = ''): Date {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) throw invalid(name, 'an instant as ISO 8601 writes it');
  return date;
}

const invalid = (name: string, form: string) =>
  new AppError('INVALID_INPUT', `The parameter ${name} is ${form}.`, name);
