/** Builds what operators' fields of the API need, for the server and for the command. */
import { createCreditGrants } from './admin/credit-grants.ts';
import { createOperatorFigures } from './admin/figures/service.ts';
import { createOperatorLinks } from './admin/links/service.ts';
import { createUserTasks } from './admin/user-tasks.ts';
import { createUserAdministration } from './admin/users.ts';
import { createUserWebhooks } from './admin/webhooks/service.ts';
import { type Config, describeConfig } from './config/config.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import type { TaskSnapshot } from './tasks/store/snapshot.ts';

interface Dependencies {
  prisma: PrismaClient;
  publicUrl: string;
  /** Called with each task that an operator changed. */
  onTaskChange: (task: TaskSnapshot) => void;
  /** Called with each amount of credits that an operator moved. */
  onGrant?: (amount: number) => void;
  deleteUser: Parameters<typeof createUserAdministration>[0]['deleteUser'];
}

export function createOperatorServices(
  config: Config,
  { prisma, publicUrl, onTaskChange, onGrant, deleteUser }: Dependencies,
) {
  return {
    userAdministration: createUserAdministration({ prisma, deleteUser }),
    creditGrants: createCreditGrants({ prisma, onMove: onGrant }),
    operatorFigures: createOperatorFigures({ prisma }),
    operatorLinks: createOperatorLinks({ prisma, publicUrl }),
    userTasks: createUserTasks({ prisma, onChange: onTaskChange }),
    userWebhooks: createUserWebhooks({ prisma }),
    settings: describeConfig(config),
  };
}
