/** Runs one command: reads its arguments, sends its operation, prints the answer. */
import { parseArgs } from 'node:util';
import { commands, commonOptions } from './commands.ts';
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
  connected: (work: (execute: Execute) => Promise<string>) => Promise<string>;
  print: (text: string) => void;
  printError: (text: string) => void;
}

/** @returns The exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export async function runCommand(argv: string[], surroundings: Surroundings): Promise<0 | 1 | 2> {
  const { connected, print, printError } = surroundings;
  try {
    const request = requestOf(argv);
    if ('help' in request) {
      print(request.help);
      return request.isAsked ? 0 : 2;
    }
    const { document, variables, isJson, columns } = request;
    print(
      await connected(async (execute) => {
        const data = await execute(document, variables);
        return isJson
          ? JSON.stringify(Object.values(data as Record<string, unknown>)[0], undefined, 2)
          : shown(data, columns);
      }),
    );
    return 0;
  } catch (error) {
    printError((error as Error).message);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** @throws {UsageError} */
function requestOf(argv: string[]) {
  const [noun, verb] = argv.filter((arg) => !arg.startsWith('-'));
  const command =
    noun !== undefined &&
    Object.hasOwn(commands, noun) &&
    verb !== undefined &&
    Object.hasOwn(commands[noun]!, verb)
      ? commands[noun]![verb]
      : undefined;
  if (!command) {
    const isAsked = argv.includes('--help') || argv.length === 0;
    return { help: helpOf(noun, undefined), isAsked };
  }
  const { args = [], requiredArgs = args.length, variables = () => ({}), document, columns } = command;
  const { values, positionals } = parsed(argv, { ...command.options, ...commonOptions });
  if (values['help']) return { help: helpOf(noun, verb), isAsked: true };
  const given = positionals.slice(2);
  if (given.length < requiredArgs || given.length > args.length)
    throw new UsageError(`Wrong number of arguments.\n\n${helpOf(noun, verb)}`);
  return { document, variables: variables(given, values), isJson: values['json'] === true, columns };
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
