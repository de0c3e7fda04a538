/** Filters of tasks, as callers write them. */
import type { TaskStatus } from '../generated/prisma/client.ts';
import { knownModelName } from '../models/names.ts';
import type { Scene } from '../providers/provider.ts';
import type { TaskCondition } from './list.ts';

/** As the API's `TaskFilter`: a field that is left out or null accepts every task. */
export interface TaskFilterInput {
  status?: readonly TaskStatus[] | null | undefined;
  scene?: Scene | null | undefined;
  /** By global id, name or alias. */
  model?: string | null | undefined;
  search?: string | null | undefined;
  favorite?: boolean | null | undefined;
  createdAfter?: Date | null | undefined;
  createdBefore?: Date | null | undefined;
}

/** @throws {AppError} INVALID_INPUT for an unknown model */
export const conditionOf = (filter: TaskFilterInput | null | undefined): TaskCondition => ({
  ...(filter?.status && { status: [...new Set(filter.status)] }),
  ...(filter?.scene && { scene: filter.scene }),
  ...(filter?.model != null && { model: knownModelName(filter.model) }),
  ...(filter?.search && { search: filter.search }),
  ...(filter?.createdAfter && { createdAfter: filter.createdAfter }),
  ...(filter?.createdBefore && { createdBefore: filter.createdBefore }),
  ...(filter?.favorite != null && { hasFavorite: filter.favorite }),
});
