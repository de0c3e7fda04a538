/** `npm run admin -- doctor`: faults of everything but PostgreSQL and Redis, each named. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { examined } from './support/doctor.ts';
import { openMailbox } from './support/mailbox.ts';
import { startGeminiTest, startReplicateTest } from './support/sandbox.ts';
import { closedAddress, openScriptedServer, type ScriptedServer } from './support/scripted-server.ts';
import { type S3Server, startS3Server } from './support/storage/s3-server.ts';

let dataDir: string;
let s3: S3Server;
let scripted: ScriptedServer;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-doctor-'));
  s3 = await startS3Server();
  scripted = await openScriptedServer();
});
afterAll(async () => {
  await s3?.close();
  await scripted?.close();
  await rm(dataDir, { recursive: true });
});

const examine = (env: Record<string, string>) => examined({ DATA_DIR: dataDir, ...env });
const bucket = () => ({
  S3_BUCKET: s3.access.bucket,
  S3_ENDPOINT: s3.access.endpoint,
  S3_REGION: s3.access.region,
  S3_ACCESS_KEY_ID: s3.access.accessKeyId,
  S3_SECRET_ACCESS_KEY: s3.access.secretAccessKey,
});

it('finds nothing wrong with an empty folder, and leaves it so', async () => {
  const missing = path.join(dataDir, 'missing');
  const findings = await examine({ DATA_DIR: missing });
  expect(Object.values(findings).filter((text) => !/^(ok|skipped|warning: .* Free some)/.test(text))).toEqual(
    [],
  );
  await expect(rm(missing)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('configuration', () => {
  it('names every variable that is wrong, and nothing else is checked', async () => {
    expect(await examine({ PORT: 'x', PUBLIC_URL: 'y' })).toEqual({
      configuration: expect.stringMatching(/^failed: .*2 fault.*PORT:.*PUBLIC_URL:.*Correct/),
    });
  });

  it('names a secret that is missing or can be guessed, and a variable that is not read', async () => {
    const DATABASE_URL = `${(await closedAddress()).replace('http', 'postgres')}/x`;
    const without = await examine({ DATABASE_URL });
    expect(without['configuration']).toMatch(/^failed: .*AUTH_SECRET: must be set/);
    expect(without['secret']).toMatch(/^failed: AUTH_SECRET is not set/);
    expect(without['database']).toMatch(/^failed: PostgreSQL at .* cannot be reached/);
    const weak = await examine({ AUTH_SECRET: 'a'.repeat(32), S3_BUKET: 'x' });
    expect(weak['configuration']).toMatch(
      /^warning: S3_BUKET is set, but not read.* AUTH_SECRET can be guessed/,
    );
  });
});

describe('machine', () => {
  it('names a data folder that cannot be written', async () => {
    const file = path.join(dataDir, 'file');
    await writeFile(file, '');
    const findings = await examine({ DATA_DIR: path.join(file, 'data') });
    expect(findings['data folder']).toMatch(/^failed: Cannot use the data folder .*ENOTDIR.*set DATA_DIR/);
  });

  // The superuser may write everywhere but here.
  it('names a data folder on a read-only file system', async () => {
    const findings = await examine({ DATA_DIR: '/sys/kernel' });
    expect(findings['data folder']).toMatch(
      /^failed: Cannot use the data folder \/sys\/kernel \(E(ROFS|ACCES|PERM)\)/,
    );
  });

  it('names a damaged secret', async () => {
    const folder = path.join(dataDir, 'damaged');
    await mkdir(folder);
    await writeFile(path.join(folder, 'secret'), 'short');
    expect((await examine({ DATA_DIR: folder }))['secret']).toMatch(/^failed: The file .* holds no secret/);
  });
});

describe('bucket', () => {
  it('accepts one that can be used, and leaves nothing in it', async () => {
    const findings = await examine(bucket());
    expect(findings['pictures']).toMatch(/^ok: The bucket pictures/);
    expect(findings['bucket CORS']).toMatch(/^skipped/);
    expect(findings['clock']).toMatch(/^ok/);
    expect(s3.keys()).toEqual([]);
  });

  it.each([
    ['is missing', { S3_BUCKET: 'missing' }, /^failed: The bucket missing at .* does not exist.*Create it/],
    ['refuses the key', { S3_SECRET_ACCESS_KEY: 'wrong' }, /^failed: .* does not accept S3_ACCESS_KEY_ID/],
  ])('names one that %s', async (_, env, expected) => {
    expect((await examine({ ...bucket(), ...env }))['pictures']).toMatch(expected);
  });

  it('names one that does not answer', async () => {
    const { pictures } = await examine({ ...bucket(), S3_ENDPOINT: await closedAddress() });
    expect(pictures).toMatch(/^failed: The store at .* cannot be used \(.*ECONNREFUSED/);
  });

  it('names one without a CORS rule for the pages of CORS_ORIGINS', async () => {
    scripted.answer(() => ({ body: 'doctor' }));
    const env = { ...bucket(), S3_ENDPOINT: scripted.url, CORS_ORIGINS: 'https://app.example' };
    expect((await examine(env))['bucket CORS']).toMatch(
      /^failed: Pages at https:\/\/app\.example .*CORS rule/,
    );
    scripted.answer(() => ({
      body: 'doctor',
      headers: { 'access-control-allow-origin': 'https://app.example' },
    }));
    expect((await examine(env))['bucket CORS']).toMatch(/^ok/);
  });
});

describe('providers', () => {
  it('accepts keys, and names those that are refused', async () => {
    await using replicate = await startReplicateTest();
    await using gemini = await startGeminiTest();
    const keys = {
      REPLICATE_BASE_URL: replicate.baseUrl,
      REPLICATE_API_TOKEN: replicate.token,
      GEMINI_BASE_URL: gemini.baseUrl,
      GEMINI_API_KEY: gemini.apiKey,
    };
    expect(await examine(keys)).toMatchObject({
      replicate: 'ok: It accepts REPLICATE_API_TOKEN.',
      gemini: 'ok: It accepts GEMINI_API_KEY.',
    });
    const wrong = { ...keys, REPLICATE_API_TOKEN: 'r8_wrong', GEMINI_API_KEY: 'wrong' };
    expect(await examine(wrong)).toMatchObject({
      replicate: expect.stringMatching(/^failed: It refuses REPLICATE_API_TOKEN \(401\)\. Make a key at/),
      gemini: expect.stringMatching(/^failed: It refuses GEMINI_API_KEY \(40\d\)\. Make a key at/),
    });
    const { gemini: found } = await examine({ ...keys, GEMINI_MODEL: 'gemini-x' });
    expect(found).toMatch(/^failed: .*does not have the model gemini-x/);
  });

  it('names one that cannot be reached', async () => {
    const env = { REPLICATE_BASE_URL: `${await closedAddress()}/v1`, REPLICATE_API_TOKEN: 'r8_x' };
    expect((await examine(env))['replicate']).toMatch(/^failed: It cannot be reached \(ECONNREFUSED\)/);
  });
});

describe('mail', () => {
  it('accepts a server, and names one that refuses the password or is away', async () => {
    const mailbox = await openMailbox({ password: 'right' });
    onTestFinished(() => mailbox.close());
    const at = (change: Partial<Pick<URL, 'password' | 'port'>>) =>
      Object.assign(new URL(mailbox.variables.SMTP_URL), { username: 'user', ...change }).href;
    const mail = async (SMTP_URL: string) => (await examine({ ...mailbox.variables, SMTP_URL }))['mail'];
    expect(await mail(at({ password: 'right' }))).toMatch(/^ok/);
    expect(await mail(at({ password: 'wrong' }))).toMatch(/^failed: .* does not accept user and password/);
    const { port } = new URL(await closedAddress());
    expect(await mail(at({ port }))).toMatch(/^failed: The mail server .* cannot be used.*ECONNREFUSED/);
    expect(mailbox.mails).toEqual([]);
  });
});

describe('clock', () => {
  it.each([
    [-3_600, /^failed: This machine's clock is 3\d\d\d s ahead of that of 127\.0\.0\.1:\d+.*NTP/],
    [20, /^warning: This machine's clock is \d+ s behind that of/],
  ])('names one that differs by %i s', async (seconds, expected) => {
    const date = () => new Date(Date.now() + seconds * 1_000).toUTCString();
    scripted.answer(() => ({ json: {}, headers: { date: date() } }));
    const env = { REPLICATE_BASE_URL: `${scripted.url}/v1`, REPLICATE_API_TOKEN: 'r8_x' };
    expect((await examine(env))['clock']).toMatch(expected);
  });
});
