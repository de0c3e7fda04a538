import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeConfig, readConfig } from './config.ts';
import { variables } from './variables.ts';

describe('readConfig', () => {
  it('needs no variable', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 4000, sandbox: true, signupCredits: 20 });
  });

  it('takes a page or a mail address for CREDITS_URL, and nothing that a link would run', () => {
    for (const url of ['https://credits.example/more', 'mailto:ops@example.org'])
      expect(readConfig({ CREDITS_URL: url }).creditsUrl).toBe(url);
    expect(() => readConfig({ CREDITS_URL: 'javascript:alert(1)' })).toThrow(/CREDITS_URL: must be an http/);
  });

  it("gives an API key half of its user's operations, and turns GraphiQL off with introspection, unless set", () => {
    expect(readConfig({ OPERATIONS_PER_MINUTE: '9' })).toMatchObject({
      operationsPerMinutePerKey: 5,
      graphiql: true,
    });
    expect(readConfig({ INTROSPECTION: 'off' })).toMatchObject({ introspection: false, graphiql: false });
    expect(readConfig({ INTROSPECTION: 'off', GRAPHIQL: 'on' })).toMatchObject({ graphiql: true });
    expect(readConfig({ OPERATIONS_PER_MINUTE_PER_KEY: '7' })).toMatchObject({
      operationsPerMinutePerKey: 7,
    });
  });

  it('names every fault at once', () => {
    const faulty = { PORT: 'many', PUBLIC_URL: 'app.example', SIGNUP_CREDITS: '-1', SANDBOX: 'maybe' };
    expect(() => readConfig(faulty)).toThrow(
      /4 fault\(s\)[^]*PORT[^]*PUBLIC_URL[^]*SANDBOX[^]*SIGNUP_CREDITS/,
    );
  });

  it('takes an empty value as unset', () => {
    expect(readConfig({ PORT: '', REPLICATE_API_TOKEN: '' })).toMatchObject({ port: 4000 });
  });

  it('wants AUTH_SECRET beside DATABASE_URL', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://localhost/p' })).toThrow(/AUTH_SECRET/);
  });
});

describe('the warnings', () => {
  const warnings = (env: Record<string, string>) => readConfig(env).warnings;

  it('name variables that are misspelt', () => {
    expect(warnings({ S3_BUKCET: 'b', REPLICATE_API_KEY: 'k', PUBLIC_URLS: 'http://a.test' })).toEqual([
      'S3_BUKCET is set, but not read. Did you mean S3_BUCKET?',
      'REPLICATE_API_KEY is set, but not read.',
      'PUBLIC_URLS is set, but not read. Did you mean PUBLIC_URL?',
    ]);
  });

  it('say nothing of the variables of others', () => {
    expect(
      warnings({ PATH: '/bin', HOME: '/root', npm_config_cache: '/c', PGHOST: 'db', LOGNAME: 'me' }),
    ).toEqual([]);
  });

  it('name parameters of the database address that have no effect', () => {
    const DATABASE_URL = 'postgres://db/app?schema=app&connection_limit=5&sslmode=verify-full';
    expect(warnings({ DATABASE_URL, AUTH_SECRET: 'a'.repeat(32) })).toEqual([
      'The parameter connection_limit of DATABASE_URL has no effect. Remove it.',
    ]);
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const example = Object.fromEntries(
    lines.flatMap((line) => {
      const match = /^# ([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
      return match ? [[match[1], match[2]]] : [];
    }),
  );

  it('lists exactly the variables that are read', () => {
    expect(Object.keys(example).toSorted()).toEqual(Object.keys(variables).toSorted());
  });

  it('shows the defaults', () => {
    expect(readConfig(example)).toEqual(readConfig({}));
  });
});

it('describes itself without secrets', () => {
  const config = readConfig({
    DATABASE_URL: 'postgres://user:hidden@db.example/app?password=hidden',
    REDIS_URL: 'rediss://:hidden@redis.example',
    AUTH_SECRET: 'hidden'.repeat(6),
    REPLICATE_API_TOKEN: 'hidden',
    S3_BUCKET: 'pictures',
    S3_ACCESS_KEY_ID: 'hidden',
    S3_SECRET_ACCESS_KEY: 'hidden',
    CORS_ORIGINS: 'https://a.example,https://b.example',
  });
  const described = describeConfig(config);
  expect(JSON.stringify(described)).not.toContain('hidden');
  expect(Object.fromEntries(described.map(({ name, value }) => [name, value]))).toMatchObject({
    DATABASE_URL: 'postgres://***@db.example/app?***',
    REDIS_URL: 'rediss://***@redis.example',
    AUTH_SECRET: '***',
    S3_BUCKET: 'pictures',
    CORS_ORIGINS: 'https://a.example,https://b.example',
    PORT: '4000',
    OPERATIONS_PER_MINUTE_PER_KEY: String(config.operationsPerMinutePerKey),
    GEMINI_API_KEY: null,
  });
});
