/** The audit trail: what operators did. It is append-only, and written in the transaction of the deed. */
import { v7 as uuid } from 'uuid';
import { Prisma } from '../generated/prisma/client.ts';
import type { JsonObject } from '../lib/json.ts';

/** The caller of an operator's operation, as the trail names it; `configuration` is `ADMIN_EMAILS`. */
export type Operator = 'command' | 'configuration' | `user:${string}` | `key:${string}`;

/** What an operator did. */
export interface Action {
  operator: Operator;
  action: string;
  /** The kind and id of what it was done to: `user:<id>`. */
  target: string | null;
  /** Holds no secret, and of personal data only ids. */
  details?: JsonObject;
}

/** The id of the viewer that stands for the command on the installation's own machine. */
export const commandId = 'command';

export function operatorOf({ id, apiKeyId }: { id: string; apiKeyId?: string | undefined }): Operator {
  if (id === commandId) return 'command';
  return apiKeyId === undefined ? `user:${id}` : `key:${apiKeyId}`;
}

/** The statement that records the action, once for each row of `from`, or once. For a common table expression too. */
export function recordAction(action: Action, from: Prisma.Sql = Prisma.empty): Prisma.Sql {
  const { operator, action: name, target, details = {} } = action;
  return Prisma.sql`
    INSERT INTO "OperatorAction" ("id", "operator", "action", "target", "details")
    SELECT ${uuid()}, ${operator}, ${name}, ${target}::text, ${JSON.stringify(details)}::jsonb ${from}`;
}
