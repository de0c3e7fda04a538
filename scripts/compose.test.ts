/** The compose files: what they set is what the server reads. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../server/config/config.ts';

interface Service {
  image: string;
  env_file?: unknown;
  environment?: Record<string, string | number>;
}

/** What `.env` must have for these files. */
const given: Record<string, string> = {
  PASSWORD: 'letters',
  AUTH_SECRET: 'a secret of 32 letters and more than that',
};

/** As Compose does with `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolate(text: string): string {
  const inner = /\$\{(\w+)(?::([-?])([^${}]*))?\}/;
  for (let found = inner.exec(text); found; found = inner.exec(text)) {
    const [whole, name = '', operator, rest = ''] = found;
    const value = given[name] ?? (operator === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} must be set: ${rest}`);
    text = text.replace(whole, value);
  }
  return text;
}

it.each([
  ['compose.yaml', ['proofsheet']],
  ['compose.scale.yaml', ['node-1', 'node-2']],
])('passes the nodes of %s a valid configuration, and every variable of .env', async (file, names) => {
  const text = await readFile(path.join(import.meta.dirname, '..', file), 'utf8');
  const { services } = parse(text) as { services: Record<string, Service> };
  for (const name of names) {
    const { env_file, environment = {} } = services[name]!;
    expect(env_file).toEqual([{ path: '.env', required: false }]);
    const entries = Object.entries(environment).map(([key, value]) => [key, interpolate(String(value))]);
    const config = readConfig(Object.fromEntries(entries) as Record<string, string>);
    expect(config).toMatchObject({ warnings: [], host: '0.0.0.0', port: 4000, dataDir: '/data' });
    expect(config.publicUrl).toBe('http://localhost:4000');
    if (names.length > 1) expect(config).toMatchObject({ trustedProxies: 1, s3: {}, redis: {} });
  }
});
