/**
 * Runs the code blocks of a page of docs/api as its reader would, in the order of the page and in one shell:
 *
 * - `sh` runs in bash. The page fails at the first command that fails.
 * - `ts` and `python` run as programs. A block whose first line is a comment with a file name is saved under that name
 *   instead, for later blocks to run or import.
 * - `graphql` is sent as an operation, with the `json` block after it as variables, in which `$name` is a variable of the
 *   shell. It fails if the response has errors and no output block shows them. A part of the schema is only parsed.
 * - `json` or `text` after `<!-- output -->` has the shape of what the block before it prints.
 * - Any other block, and what cannot run, needs `<!-- not run: reason -->`.
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
  /** The comment before it. */
  marker: string | undefined;
}

const root = path.join(import.meta.dirname, '../..');
const programs: Record<string, { command: string; name: RegExp }> = {
  ts: { command: 'node', name: /^\/\/ (\S+\.m?ts)\n/ },
  python: { command: 'python3', name: /^# (\S+\.py)\n/ },
};

/** The blocks of a page in Markdown. Throws for a fence that is indented or never closed, as its block would be missed. */
export function readBlocks(page: string): Block[] {
  const found = [...page.matchAll(/(?:^<!-- (.+) -->\n\n?)?^```(\w*)\n([\s\S]*?)^```$/gm)];
  const fences = page.match(/^\s*(```|~~~)/gm)?.length ?? 0;
  if (fences !== 2 * found.length) throw new Error('A code block is indented, or never closed');
  return found.map(({ 1: marker, 2: language = '', 3: code = '', 0: text, index }) => ({
    line: page.slice(0, index + text.lastIndexOf(`\`\`\`${language}\n${code}`)).split('\n').length,
    language,
    code,
    marker,
  }));
}

/** A command of bash that runs the block, `undefined` for one that another block uses. Throws if it cannot run. */
function commandOf(block: Block, blocks: Block[]): string | undefined {
  const { language, code, line } = block;
  const later = blocks.slice(blocks.indexOf(block) + 1);
  const previous = blocks[blocks.indexOf(block) - 1];
  const program = programs[language];
  if (block.marker === 'output' && previous && ['json', 'text'].includes(language)) return undefined;
  if (language === 'sh') return code;
  if (program) {
    const name = program.name.exec(code)?.[1];
    if (name === undefined) return `${program.command} block-${line}.${language}`;
    const uses = [name, `from ${path.parse(name).name} import`];
    if (later.some((other) => uses.some((use) => other.code.includes(use))))
      return `cp block-${line}.${language} ${name}`;
    throw new Error(`Line ${line}: no later block uses ${name}`);
  }
  if (language === 'graphql') {
    if (parse(code).definitions.every(isTypeSystemDefinitionNode)) return ':';
    const variables = later[0]?.language === 'json' && !later[0].marker ? later[0].code : '{}';
    return `jq -n --rawfile query block-${line}.graphql --argjson variables "$(cat <<END
${variables}
END
)" '{query: $query, variables: $variables}' | curl -sS "$PROOFSHEET_URL/graphql" -H 'content-type: application/json' \\
  -H "authorization: Bearer $PROOFSHEET_KEY" -d @-`;
  }
  if (language === 'json' && previous?.language === 'graphql') return undefined;
  throw new Error(`Line ${line}: a ${language || 'nameless'} block that is not run must say why`);
}

/**
 * Runs the page and compares what its blocks print.
 * @param page In Markdown.
 * @param variables Of the environment, beside PATH and HOME.
 * @returns how many blocks ran, and the reasons of the others
 * @throws {Error} names the line of the block that failed, with its stderr
 */
export async function runPage(page: string, variables: Record<string, string>) {
  const all = readBlocks(page);
  const notRun = all.flatMap(({ line, marker }) => /^not run: (.+)/.exec(marker ?? '')?.[1] ?? []);
  const blocks = all.filter(({ marker }) => !marker?.startsWith('not run: '));
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-docs-'));
  const fileOf = (block: Block) => path.join(folder, `block-${block.line}.${block.language}`);
  try {
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    await Promise.all(blocks.map((block) => writeFile(fileOf(block), block.code)));
    const steps = blocks.flatMap((block) => {
      const command = commandOf(block, blocks);
      return command === undefined ? [] : [{ block, command }];
    });
    const script = steps.map(
      ({ block, command }) => `echo 'Line ${block.line}:' >&2\n{\n${command}\n} > '${fileOf(block)}.out'\n`,
    );
    await writeFile(path.join(folder, 'page.sh'), `set -euo pipefail\n${script.join('')}`);
    await runScript(folder, variables);
    for (const { block } of steps) {
      const next = blocks[blocks.indexOf(block) + 1];
      const after = next?.marker || next?.language !== 'json' ? next : blocks[blocks.indexOf(next) + 1];
      const printed = await readFile(`${fileOf(block)}.out`, 'utf8');
      if (after?.marker === 'output') expectShape(after, printed);
      else if (block.language === 'graphql' && printed)
        expect(JSON.parse(printed)).not.toHaveProperty('errors');
    }
    return { run: all.length - notRun.length, notRun };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runScript(folder: string, variables: Record<string, string>): Promise<void> {
  const { HOME, PATH } = process.env;
  const env = { HOME, PATH: `${path.dirname(process.execPath)}:${PATH}`, ...variables };
  // A process group of its own, which ends with the page: a block may leave a process in the background.
  const shell = spawn('bash', ['page.sh'], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stderr = shell.stderr.setEncoding('utf8').toArray();
  const killGroup = () => shell.pid && process.kill(-shell.pid, 'SIGKILL');
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

/** JSON has the same keys, kinds of values and enum values. In text, a number stands for any number and `…` for any text. */
function expectShape({ language, code, line }: Block, printed: string): void {
  if (language === 'json')
    return expect(shapeOf(JSON.parse(printed)), `Line ${line}`).toEqual(shapeOf(JSON.parse(code)));
  const escaped = code.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = escaped.replace(/\d+/g, '\\d+').replace(/…/g, '[^]*?');
  expect(printed.trim(), `Line ${line}`).toMatch(new RegExp(`^${pattern}$`));
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]));
  return typeof value === 'string' && /^[A-Z_]+$/.test(value) ? value : value === null ? null : typeof value;
}
