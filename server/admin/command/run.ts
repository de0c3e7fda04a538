/** Runs one command: reads its arguments, sends its operation or does its work, prints the answer. */
import { parseArgs } from 'node:util';
import { commands, commonOptions, type LocalWork, type LocalWorkName } from './commands.ts';
import { helpOf } from './help.ts';
import { shown } from './output.ts';
import { UsageError } from './usage-error.ts';

/** A refusal of the API. */
export class OperationRefused extends Error {
  override name = 'OperationRefused';
}

/** The data of an operation. @throws {OperationRefused} */
export type Execute = (document: string, variables: Record<string, unknown>) => Promise<unknown>;

interface Surroundings {
  /** Connects, runs the work with what executes operations, and disconnects. */
  connected: (work: (execute: Execute) => Promise<unknown>) => Promise<unknown>;
  localWorks: Readonly<Record<LocalWorkName, LocalWork>>;
  print: (text: string) => void;
  printError: (text: string) => void;
}

/** @returns The exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export async function runCommand(argv: string[], surroundings: Surroundings): Promise<0 | 1 | 2> {
  const { connected, localWorks, print, printError } = surroundings;
  try {
    const request = requestOf(argv);
    if ('help' in request) {
      print(request.help);
      return request.isAsked ? 0 : 2;
    }
    const { command, args, values } = request;
    const show = (result: unknown) =>
      print(values['json'] === true ? JSON.stringify(result, undefined, 2) : shown(result, command.columns));
    if ('local' in command) {
      const result = await localWorks[command.local](args, values, printError);
      show(result);
      return command.isFailure?.(result) ? 1 : 0;
    }
    const variables = command.variables?.(args, values) ?? {};
    const data = await connected((execute) => execute(command.document, variables));
    // An operation asks for one field.
    show(Object.values(data as Record<string, unknown>)[0]);
    return 0;
  } catch (error) {
    printError((error as Error).message);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** @throws {UsageError} */
function requestOf(argv: string[]) {
  const [noun, named] = argv.filter((arg) => !arg.startsWith('-'));
  const verbs = noun !== undefined && Object.hasOwn(commands, noun) ? commands[noun]! : {};
  const verb = named ?? 'run';
  const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!command) {
    const isAsked = argv.includes('--help') || argv.length === 0;
    return { help: helpOf(noun, undefined), isAsked };
  }
  const { args = [], requiredArgs = args.length } = command;
  const { values, positionals } = parsed(argv, { ...command.options, ...commonOptions });
  if (values['help']) return { help: helpOf(noun, verb), isAsked: true };
  const given = positionals.slice(named === undefined ? 1 : 2);
  if (given.length < requiredArgs || given.length > args.length)
    throw new UsageError(`Wrong number of arguments.\n\n${helpOf(noun, verb)}`);
  return { command, args: given, values };
}

/** @throws {UsageError} */
function parsed(argv: string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true }) as {
      values: Record<string, string | boolean | undefined>;
      positionals: string[];
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
