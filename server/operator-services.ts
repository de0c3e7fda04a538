/** Builds what operators' fields of the API need, for the server and for the command. */
import { createCreditGrants } from './admin/credit-grants.ts';
import { createUserAdministration } from './admin/users.ts';
import type { PrismaClient } from './generated/prisma/client.ts';

export function createOperatorServices({ prisma }: { prisma: PrismaClient }) {
  return {
    userAdministration: createUserAdministration({ prisma }),
    creditGrants: createCreditGrants({ prisma }),
  };
}
