/**
 * The nouns and verbs of `npm run admin`: each sends one operation of the API, or does a work of its own, and
 * shows the answer.
 */
import { randomUUID } from 'node:crypto';
import type { ParseArgsConfig } from 'node:util';
import { backupCommands } from './backup-commands.ts';
import { installationCommands } from './installation-commands.ts';
import { accountCommands } from './account-commands.ts';
import { integer, pageFields, pageOf, pageOptions, userVariables } from './arguments.ts';
import { creditUsage, storedImages } from './figure-commands.ts';
import { UsageError } from './usage-error.ts';
import { webhookCommands } from './webhook-commands.ts';

export type Values = Record<string, string | boolean | undefined>;

/** Reports progress line by line; the result is shown as the answer of an operation would be. */
export type LocalWork = (
  args: string[],
  values: Values,
  report: (line: string) => void,
) => Promise<Record<string, unknown>>;

/** What commands do that is no operation of the API. */
export type LocalWorkName = 'backup' | 'checkBackup' | 'doctor' | 'move' | 'restore';

interface CommandUsage {
  /** One sentence, for the help. */
  summary: string;
  /** The names of the arguments after the verb. */
  args?: readonly string[];
  /** Of those, how many have to be given; all by default. */
  requiredArgs?: number;
  options?: Readonly<Record<string, { type: 'string' | 'boolean'; hint?: string; help: string }>>;
  /** The columns of a list's table, as paths into a row. Without them the answer is one object, shown line by line. */
  columns?: readonly string[];
}

export interface OperationCommand extends CommandUsage {
  document: string;
  /** @throws {UsageError} */
  variables?: (args: string[], values: Values) => Record<string, unknown>;
}

export interface LocalCommand extends CommandUsage {
  local: LocalWorkName;
  /** Whether the result reports a failure: then the exit code is 1. */
  isFailure?: (result: Record<string, unknown>) => boolean;
}

export type Command = OperationCommand | LocalCommand;

/** The options of every command. */
export const commonOptions = {
  json: { type: 'boolean', help: 'Print JSON, for scripts.' },
  help: { type: 'boolean', help: 'Print how the command is used.' },
} as const satisfies ParseArgsConfig['options'] & Record<string, { help: string }>;

const userFields = 'id email name role credits createdAt disabledAt';
const onUser = (mutation: string, further = '') =>
  `mutation ($user: ID, $email: String) { ${mutation}(user: $user, email: $email${further}) { user { ${userFields} } } }`;
const userCommand = (summary: string, document: string): OperationCommand => ({
  summary,
  args: ['email-or-id'],
  document,
  variables: ([user]) => userVariables(user),
});

const grantDocument = `mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) {
  user { email credits } entry { id kind amount balanceAfter reason createdAt } } }`;

const grantCommand = (summary: string, sign: 1 | -1): OperationCommand => ({
  summary,
  args: ['email-or-id', 'credits'],
  options: {
    reason: { type: 'string', hint: 'text', help: 'What the user reads beside the amount. Required.' },
    key: {
      type: 'string',
      hint: 'text',
      help: "The same key moves credits once, for ever: a payment's id (a random one).",
    },
  },
  document: grantDocument,
  variables([user, credits = ''], { reason, key = `command-${randomUUID()}` }) {
    if (!reason) throw new UsageError('Give a --reason, which the user reads beside the amount.');
    const amount = sign * integer(credits, '<credits>', 1, 2_147_483_647);
    return { input: { ...userVariables(user), amount, reason, idempotencyKey: key } };
  },
});

const taskFields =
  'taskId status provider model costCredits refundedCredits failureCode attempt createdAt dueAt deadlineAt completedAt user { email }';

const agoText = (minutes: string) =>
  new Date(Date.now() - integer(minutes, '--older-than', 0, 100_000_000) * 60_000).toISOString();

const taskCommand = (summary: string, mutation: string): OperationCommand => ({
  summary,
  args: ['task-id'],
  document: `mutation ($id: ID!) { ${mutation}(id: $id) { task { ${taskFields} } } }`,
  variables: ([id]) => ({ id }),
});

/** By noun and verb; the verb `run` can be left out. */
export const commands: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  users: {
    list: {
      summary: 'Lists accounts, newest first.',
      options: {
        search: { type: 'string', hint: 'text', help: 'A part of the name or the address.' },
        ...pageOptions,
      },
      document: `query ($search: String, $first: Int, $after: String) {
        users(search: $search, first: $first, after: $after) { totalCount nodes { ${userFields} } ${pageFields} } }`,
      variables: (_, values) => ({ search: values['search'], ...pageOf(values) }),
      columns: ['email', 'name', 'role', 'credits', 'createdAt', 'disabledAt', 'id'],
    },
    show: userCommand(
      'Shows one account.',
      `query ($user: ID, $email: String) { user(user: $user, email: $email) {
        ${userFields} emailVerified activeSessions apiKeyCount taskCount storedBytes } }`,
    ),
    disable: userCommand(
      'Ends sessions and subscriptions and refuses sign-ins and API keys. Accepted tasks go on.',
      onUser('disableUser'),
    ),
    enable: userCommand('Lets a disabled user sign in again; API keys work again.', onUser('enableUser')),
    'make-admin': userCommand('Makes a user an operator.', onUser('setUserRole', ', role: ADMIN')),
    'remove-admin': userCommand(
      'Makes an operator a user like all others.',
      onUser('setUserRole', ', role: USER'),
    ),
    ...accountCommands,
  },
  credits: {
    grant: grantCommand('Gives credits to a user.', 1),
    'take-back': grantCommand('Takes credits back, never below a balance of 0.', -1),
    usage: creditUsage,
  },
  tasks: {
    list: {
      summary: 'Lists tasks of all users, newest first.',
      options: {
        status: {
          type: 'string',
          hint: 'states',
          help: 'In one of these states, such as PENDING,PROCESSING.',
        },
        provider: { type: 'string', hint: 'name', help: 'Of this provider.' },
        user: { type: 'string', hint: 'id', help: 'Of this user.' },
        'older-than': { type: 'string', hint: 'minutes', help: 'Accepted longer ago than that.' },
        ...pageOptions,
      },
      document: `query ($filter: UserTaskFilter, $first: Int, $after: String) {
        userTasks(filter: $filter, first: $first, after: $after) { nodes { ${taskFields} } ${pageFields} } }`,
      variables(_, { status, provider, user, 'older-than': minutes, ...page }) {
        const createdBefore = minutes === undefined ? undefined : agoText(minutes as string);
        const states = (status as string | undefined)?.split(',').map((state) => state.trim().toUpperCase());
        return { filter: { status: states, provider, user, createdBefore }, ...pageOf(page) };
      },
      columns: [
        'createdAt',
        'status',
        'provider',
        'model',
        'failureCode',
        'dueAt',
        'deadlineAt',
        'user.email',
        'taskId',
      ],
    },
    cancel: taskCommand(
      'Ends an unfinished task as CANCELED, also at the provider, and refunds it.',
      'cancelUserTask',
    ),
    fail: taskCommand(
      'Ends an unfinished task as FAILED, also at the provider, and refunds it.',
      'failUserTask',
    ),
    redrive: taskCommand('Lets a worker look at an unfinished task now.', 'redriveUserTask'),
  },
  backup: backupCommands,
  webhooks: webhookCommands,
  doctor: {
    run: {
      summary:
        'Checks everything that the installation depends on, and says what to do. Exit code 1 if a check failed.',
      local: 'doctor',
      columns: ['check', 'state', 'explanation'],
      isFailure: ({ nodes }) => (nodes as { state: string }[]).some(({ state }) => state === 'failed'),
    },
  },
  storage: { show: storedImages },
  config: {
    print: {
      summary: 'Prints the configuration, secrets masked.',
      document: '{ settings { name value } }',
      columns: ['name', 'value'],
    },
  },
  installation: installationCommands,
  sessions: {
    end: {
      summary: 'Ends all sessions of a user, or with --all of all users. API keys go on.',
      args: ['email-or-id'],
      requiredArgs: 0,
      options: { all: { type: 'boolean', help: 'Those of all users.' } },
      document: `mutation ($user: ID, $email: String, $all: Boolean) {
        endSessions(user: $user, email: $email, all: $all) { endedSessions } }`,
      variables([user], { all = false }) {
        if ((user === undefined) === !all) throw new UsageError('Name a user, or give --all.');
        return { ...userVariables(user), all };
      },
    },
  },
  audit: {
    list: {
      summary: 'Lists what operators did, newest first.',
      options: {
        user: { type: 'string', hint: 'id', help: 'Only what was done to this user.' },
        ...pageOptions,
      },
      document: `query ($user: ID, $first: Int, $after: String) {
        operatorActions(user: $user, first: $first, after: $after) {
          nodes { createdAt operator action target details } ${pageFields} } }`,
      variables: (_, values) => ({ user: values['user'], ...pageOf(values) }),
      columns: ['createdAt', 'operator', 'action', 'target', 'details'],
    },
  },
};
