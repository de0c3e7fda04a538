/**
 * Runs the code blocks of a page of documentation as its reader would, in the order of the page and in one shell:
 *
 * - `sh` runs in bash, where `picture.png` is a file. The page fails at the first command that fails.
 * - `ts` and `python` run as programs. A block whose first line is a comment with a file name is saved under that name
 *   instead, for other blocks to run or import.
 * - `graphql` is sent as an operation, with the `json` block after it as variables, in which `$name` is a variable of the
 *   shell. It fails if the response has errors and no output block shows them. A part of the schema is only parsed.
 * - `json output` or `text output` is what the block before it prints. JSON has these keys, kinds of values and enum values,
 *   and maybe further keys. In text, a number stands for any number and `…` for any text.
 * - Any other block, and what cannot run, follows `<!-- not run: reason -->`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isTypeSystemDefinitionNode, parse } from 'graphql';
import { expect } from 'vitest';

interface Block {
  line: number;
  language: string;
  code: string;
  isOutput: boolean;
  /** Why it does not run. */
  reason: string | undefined;
  /** The blocks that belong to it. */
  variables?: Block;
  output?: Block;
}

const root = path.join(import.meta.dirname, '../..');
const programs: Record<string, { command: string; name: RegExp }> = {
  ts: { command: 'node', name: /^\/\/ (\S+\.m?ts)\n/ },
  python: { command: 'python3', name: /^# (\S+\.py)\n/ },
};
/** The file that a program is saved as. */
const nameOf = ({ language, code }: Block) => programs[language]?.name.exec(code)?.[1];
const fileOf = ({ line, language }: Block) => `block-${line}.${language}`;

/**
 * Runs a page in Markdown and compares what its blocks print.
 * @param variables Of the environment, beside PATH and HOME.
 * @returns how many blocks ran or were compared, and the reasons of the others
 * @throws {Error} names the line of the block at fault
 */
export async function runPage(page: string, variables: Record<string, string>) {
  const all = readBlocks(page);
  const notRun = all.flatMap(({ reason }) => reason ?? []);
  const steps = stepsOf(all).filter(({ reason }) => reason === undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-docs-'));
  try {
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await symlink(path.join(root, 'docs/images/empty.png'), path.join(folder, 'picture.png'));
    await Promise.all(steps.map((step) => writeFile(path.join(folder, fileOf(step)), step.code)));
    const script = steps.map(
      (step) => `echo 'Line ${step.line}:' >&2\n{\n${commandOf(step, steps)}\n} > ${fileOf(step)}.out\n`,
    );
    await writeFile(path.join(folder, 'page.sh'), `set -euo pipefail\n${script.join('')}`);
    await runScript(folder, variables);
    for (const step of steps) {
      const printed = await readFile(path.join(folder, `${fileOf(step)}.out`), 'utf8');
      if (step.output) expectOutput(printed, step.output);
      else if (step.language === 'graphql') expect(printed, `Line ${step.line}`).not.toContain('"errors":');
    }
    return { checked: all.length - notRun.length, notRun };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readBlocks(page: string): Block[] {
  const found = [...page.matchAll(/(?:^<!-- not run: (.+) -->\n+)?^(```(\w*)( output)?\n([^]*?)^```)$/gm)];
  const fences = page.match(/^\s*(```|~~~)/gm)?.length ?? 0;
  if (fences !== 2 * found.length)
    throw new Error('A code block is indented, never closed, or of other words');
  return found.map(
    ({ 0: text, 1: reason, 2: fenced = '', 3: language = '', 4: output, 5: code = '', index }) => ({
      line: page.slice(0, index + text.length - fenced.length).split('\n').length,
      language,
      code,
      isOutput: output !== undefined,
      reason,
    }),
  );
}

/** The blocks that run, or say why not; the others belong to the one before them. */
function stepsOf(blocks: Block[]): Block[] {
  const steps: Block[] = [];
  for (const block of blocks) {
    const last = steps.at(-1);
    if (block.isOutput && last && !last.output) last.output = block;
    else if (block.language === 'json' && last?.language === 'graphql' && !last.output)
      last.variables = block;
    else steps.push(block);
  }
  return steps;
}

/** The command of bash that runs the step. */
function commandOf(step: Block, steps: Block[]): string {
  const { language, code, line, variables } = step;
  const program = programs[language];
  if (language === 'sh') return code;
  if (program) {
    const name = nameOf(step);
    if (name === undefined) return `${program.command} ${fileOf(step)}`;
    const uses = [name, `from ${path.parse(name).name} import`];
    const others = steps.filter((other) => nameOf(other) !== name);
    if (!others.some((other) => uses.some((use) => other.code.includes(use))))
      throw new Error(`Line ${line}: no other block uses ${name}`);
    return `cp ${fileOf(step)} ${name}`;
  }
  if (language !== 'graphql')
    throw new Error(`Line ${line}: a block of ${language || 'no language'} that is not run must say why`);
  if (parse(code).definitions.every(isTypeSystemDefinitionNode)) return ':';
  return `variables=$(cat <<END
${variables?.code ?? '{}'}
END
)
jq -n --rawfile query ${fileOf(step)} --argjson variables "$variables" '{query: $query, variables: $variables}' |
  curl -sS "$PROOFSHEET_URL/graphql" -H "authorization: Bearer $PROOFSHEET_KEY" -H 'content-type: application/json' \\
    -H 'accept: application/json, text/event-stream' -d @-`;
}

async function runScript(folder: string, variables: Record<string, string>): Promise<void> {
  const { HOME, PATH } = process.env;
  const env = { HOME, PATH: `${path.dirname(process.execPath)}:${PATH}`, ...variables };
  // A process group of its own, which ends with the page: a block may leave a process in the background.
  const shell = spawn('bash', ['page.sh'], { cwd: folder, env, detached: true });
  shell.stdout.resume();
  const stderr = shell.stderr.setEncoding('utf8').toArray();
  const killGroup = () => process.kill(-shell.pid!, 'SIGKILL');
  const deadline = setTimeout(killGroup, 50_000);
  const [code] = (await once(shell, 'exit')) as [number | null];
  clearTimeout(deadline);
  try {
    killGroup();
  } catch {
    // Nothing was left.
  }
  if (code !== 0)
    throw new Error(`The page ended with ${code ?? 'a signal after 50 s'}:\n${(await stderr).join('')}`);
}

function expectOutput(printed: string, { language, code, line }: Block): void {
  if (language === 'json')
    return expect(shapeOf(JSON.parse(printed)), `Line ${line}`).toMatchObject(
      shapeOf(JSON.parse(code)) as object,
    );
  const escaped = code.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = escaped.replace(/\d+/g, '\\d+').replace(/…/g, '[^]*?');
  expect(printed.replaceAll('\r', '').trim(), `Line ${line}`).toMatch(new RegExp(`^${pattern}$`));
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]));
  return typeof value === 'string' && /^[A-Z_]+$/.test(value) ? value : value === null ? null : typeof value;
}
