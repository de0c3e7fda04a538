import { Prisma } from '../../generated/prisma/client.ts';

/**
 * A task's columns, for statements of our own. `*` means another result from the moment that a newer version of the
 * product adds a column, and PostgreSQL then refuses the named statements of the nodes that are still old.
 */
export const taskColumns = Prisma.raw(
  Object.values(Prisma.TaskScalarFieldEnum)
    .map((name) => `"Task"."${name}"`)
    .join(', '),
);
