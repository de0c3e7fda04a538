/** The size of the first load: the built client as it is transferred, in gzip. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';

const folder = path.join(import.meta.dirname, '../../dist/client');

/**
 * Thousands of bytes. The margin is below 2 KB, so that 2 KB more than expected fail. On
 * a slow phone (1.6 Mbit/s, a processor four times slower) 2 KB of script are 10 ms of loading and about as much of work.
 */
const limits = { scripts: 48, styles: 10, fonts: 24, firstLoad: 80 };

type Figures = Record<keyof typeof limits, number>;

const kilobytes = (bytes: number) => Math.round(bytes / 100) / 10;
const weigh = async (file: string) => gzipSync(await readFile(path.join(folder, file)), { level: 9 }).length;
const sum = async (files: Iterable<string>) =>
  kilobytes((await Promise.all([...files].map(weigh))).reduce((all, bytes) => all + bytes, 0));

/** The script, everything that it imports before it runs, and what the page preloads with it. */
async function initialScripts(html: string): Promise<Set<string>> {
  const found = new Set<string>();
  const add = async (file: string): Promise<void> => {
    if (found.has(file)) return;
    found.add(file);
    const code = await readFile(path.join(folder, file), 'utf8');
    const imports = code.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;'"`()]*?["'](\.\/[\w.-]+\.js)["']/g);
    for (const [, name] of imports) await add(path.posix.join(path.posix.dirname(file), name!));
  };
  for (const [, file] of html.matchAll(/(?:src|modulepreload"[^>]*href)="\/(assets\/[\w.-]+\.js)"/g))
    await add(file!);
  return found;
}

async function measure(): Promise<Figures> {
  const html = await readFile(path.join(folder, 'index.html'), 'utf8');
  const scripts = await initialScripts(html);
  const styles = new Set([...html.matchAll(/href="\/(assets\/[\w.-]+\.css)"/g)].map(([, file]) => file!));
  const css = (
    await Promise.all([...styles].map((file) => readFile(path.join(folder, file), 'utf8')))
  ).join();
  const fonts = new Set([...css.matchAll(/url\(\/(assets\/[\w.-]+\.woff2)\)/g)].map(([, file]) => file!));
  expect(scripts.size).toBeGreaterThan(0);
  expect(styles.size).toBeGreaterThan(0);
  expect(fonts.size).toBeGreaterThan(0);
  return {
    scripts: await sum(scripts),
    styles: await sum(styles),
    fonts: await sum(fonts),
    firstLoad: await sum([...scripts, ...styles, ...fonts, 'index.html', 'favicon.svg']),
  };
}

describe('the first load', () => {
  it('preloads only what its script and styles use', async () => {
    const html = await readFile(path.join(folder, 'index.html'), 'utf8');
    const ahead = [...html.matchAll(/rel="preload" href="\/(assets\/[\w.-]+)"/g)].map(([, file]) => file!);
    expect(ahead.length).toBeGreaterThan(0);
    const users = html.matchAll(/"\/(assets\/[\w.-]+\.(?:js|css))"/g);
    const code = await Promise.all([...users].map(([, file]) => readFile(path.join(folder, file!), 'utf8')));
    for (const file of ahead) expect(code.join()).toContain(path.basename(file));
  });

  let figures: Figures;
  beforeAll(async () => {
    figures = await measure();
    console.log(
      Object.entries(limits)
        .map(([name, limit]) => `${name}: ${figures[name as keyof Figures]} KB of ${limit} KB`)
        .join('\n'),
    );
  });

  for (const [name, limit] of Object.entries(limits))
    it(`keeps its ${name} within ${limit} KB`, () => {
      expect(figures[name as keyof Figures]).toBeLessThanOrEqual(limit);
    });
});
