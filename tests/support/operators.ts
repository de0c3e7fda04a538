/** What the tests of operators share. */
import { type Caller, signUp } from './api.ts';
import { startTestApp, type TestApp } from './start-app.ts';

/** Every root field that is for operators only, so that none becomes public by a wrong declaration. */
export const operatorFields = [
  'Query.user',
  'Query.users',
  'Query.operatorActions',
  'Query.userTasks',
  'Query.settings',
  'Mutation.cancelUserTask',
  'Mutation.failUserTask',
  'Mutation.redriveUserTask',
  'Mutation.grantCredits',
  'Mutation.disableUser',
  'Mutation.enableUser',
  'Mutation.setUserRole',
  'Mutation.endSessions',
];

/** An app with an operator, who is signed in. */
export async function startWithOperator(env: Record<string, string> = {}): Promise<{
  app: TestApp;
  operator: Caller;
}> {
  const email = 'operator@example.test';
  const app = await startTestApp({ ADMIN_EMAILS: email, ...env });
  return { app, operator: await signUp(app.url, { email }) };
}

export interface Granted {
  user: { id: string; email: string; credits: number };
  entry: { id: string; kind: string; amount: number; balanceAfter: number; reason: string };
}

export const grantDocument = `mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) {
  user { id email credits } entry { id kind amount balanceAfter reason } } }`;

/** What the caller sees of itself. */
export async function account(caller: Caller) {
  const { viewer } = await caller.ask<{
    viewer: {
      id: string;
      email: string;
      role: string;
      credits: number;
      creditEntries: { nodes: { kind: string; amount: number; balanceAfter: number; reason: string }[] };
    };
  }>('{ viewer { id email role credits creditEntries { nodes { kind amount balanceAfter reason } } } }');
  return viewer;
}

/** The audit trail, newest first. */
export async function trail(operator: Caller) {
  const { operatorActions } = await operator.ask<{
    operatorActions: {
      nodes: { operator: string; action: string; target: string | null; details: Record<string, unknown> }[];
    };
  }>('{ operatorActions { nodes { operator action target details } } }');
  return operatorActions.nodes;
}
