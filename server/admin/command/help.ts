import { type Command, commands, commonOptions } from './commands.ts';

const indented = (rows: (readonly [string, string])[]) => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

const usageOf = (noun: string, verb: string, { args = [], requiredArgs = args.length }: Command) =>
  [
    noun,
    ...(verb === 'run' ? [] : [verb]),
    ...args.map((name, index) => (index < requiredArgs ? `<${name}>` : `[${name}]`)),
  ].join(' ');

/** How one command is used. */
function commandHelp(noun: string, verb: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...commonOptions }).map(
    ([name, { help, ...rest }]) => {
      const { hint } = rest as { hint?: string };
      return [hint ? `--${name} <${hint}>` : `--${name}`, help] as const;
    },
  );
  return `npm run admin -- ${usageOf(noun, verb, command)} [options]\n\n${command.summary}\n\n${indented(options)}`;
}

function verbsOf(noun: string): (readonly [string, string])[] {
  return Object.entries(commands[noun]!).map(
    ([verb, command]) => [usageOf(noun, verb, command), command.summary] as const,
  );
}

/** The help of a verb, of a noun, or of all. */
export function helpOf(noun: string | undefined, verb: string | undefined): string {
  if (noun !== undefined && Object.hasOwn(commands, noun)) {
    const command = verb === undefined ? undefined : commands[noun]?.[verb];
    if (verb !== undefined && command) return commandHelp(noun, verb, command);
    return `npm run admin -- ${noun} <verb> [options]\n\n${indented(verbsOf(noun))}`;
  }
  return (
    `npm run admin -- <noun> <verb> [options]\n\n${indented(Object.keys(commands).flatMap(verbsOf))}\n\n` +
    '--help after a verb lists its options. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.'
  );
}
