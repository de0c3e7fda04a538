/** Builds what operators' fields of the API need, for the server and for the command. */
import { createCreditGrants } from './admin/credit-grants.ts';
import { createUserTasks } from './admin/user-tasks.ts';
import { createUserAdministration } from './admin/users.ts';
import { type Config, describeConfig } from './config.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import type { TaskSnapshot } from './tasks/store/snapshot.ts';

/** The callbacks get each task that an operator changed, and each amount of credits that one moved. */
export function createOperatorServices(
  config: Config,
  {
    prisma,
    onTaskChange,
    onGrant,
  }: {
    prisma: PrismaClient;
    onTaskChange?: (task: TaskSnapshot) => void;
    onGrant?: (amount: number) => void;
  },
) {
  return {
    userAdministration: createUserAdministration({ prisma }),
    creditGrants: createCreditGrants({ prisma, onMove: onGrant }),
    userTasks: createUserTasks({ prisma, ...(onTaskChange && { onChange: onTaskChange }) }),
    settings: describeConfig(config),
  };
}
