import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig, variables } from './config.ts';

describe('readConfig', () => {
  it('needs no variable', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 4000, sandbox: true, signupCredits: 20 });
  });

  it('names every fault at once', () => {
    const faulty = { PORT: 'many', SIGNUP_CREDITS: '-1', SANDBOX: 'maybe' };
    expect(() => readConfig(faulty)).toThrow(/3 fault\(s\)[^]*PORT[^]*SANDBOX[^]*SIGNUP_CREDITS/);
  });

  it('takes an empty value as unset', () => {
    expect(readConfig({ PORT: '', REPLICATE_API_TOKEN: '' })).toMatchObject({ port: 4000 });
  });

  it('wants AUTH_SECRET beside DATABASE_URL', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://localhost/p' })).toThrow(/AUTH_SECRET/);
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n');
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
