/** What the tests of operators share. */
import { type Caller, signUp } from './api.ts';
import { openMailbox } from './mailbox.ts';
import { startTestApp, type TestApp } from './start-app.ts';

/** Every root field that is for operators only, so that none becomes public by a wrong declaration. */
export const operatorFields = [
  'Query.user',
  'Query.users',
  'Query.operatorActions',
  'Query.userTasks',
  'Query.settings',
  'Query.creditUsage',
  'Query.storedImages',
  'Query.invites',
  'Query.userWebhookEndpoint',
  'Query.userWebhookEndpoints',
  'Mutation.createInvite',
  'Mutation.revokeInvite',
  'Mutation.createPasswordResetLink',
  'Mutation.deleteUser',
  'Mutation.disableUserWebhookEndpoint',
  'Mutation.enableUserWebhookEndpoint',
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
  const mailbox = await openMailbox();
  const app = await startTestApp({ ADMIN_EMAILS: email, ...mailbox.variables, ...env });
  const operator = await signUp(app.url, { email });
  await confirmAddress(operator, (await mailbox.next(email, /Confirm/)).link);
  const remove = async () => {
    await app.remove();
    await mailbox.close();
  };
  return { app: { ...app, remove }, operator };
}

/** Opens the link of the mail of a sign-up in the caller's session. */
export async function confirmAddress({ token }: Caller, link: string | undefined): Promise<void> {
  const { origin, search } = new URL(link ?? '');
  const answer = await fetch(`${origin}/api/auth/verify-email${search}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`The address was not confirmed: ${await answer.text()}`);
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
