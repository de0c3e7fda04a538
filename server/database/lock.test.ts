import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirLocked, lockDataDir } from './lock.ts';

const deadlineMs = 10_000;

describe('lockDataDir', () => {
  let dataDir: string;
  const openedHere: { release(): void }[] = [];
  const children: ReturnType<typeof spawn>[] = [];
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-lock-'));
  });
  afterEach(async () => {
    for (const lock of openedHere.splice(0)) lock.release();
    await Promise.all(children.splice(0).map(kill));
    await rm(dataDir, { recursive: true });
  });

  const lockHere = () => {
    const lock = lockDataDir(dataDir);
    openedHere.push(lock);
    return lock;
  };

  /** Another process that takes the lock and keeps it; resolves with it, or with the words it was refused in. */
  const lockElsewhere = async () => {
    const script = `
      import { lockDataDir } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
      try { lockDataDir(process.env.TEST_DATA_DIR); process.stdout.write('locked'); setInterval(() => {}, 1e6); }
      catch (error) { process.stdout.write(error.name + ': ' + error.message); }`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TEST_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    const [said] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(deadlineMs) });
    return { child, said: String(said) };
  };

  it('refuses a second opener in another process, in words that name folder, holder and cure', async () => {
    lockHere();
    const { said } = await lockElsewhere();
    expect(said).toMatch(/^DataDirLocked: /);
    for (const part of [dataDir, `process ${process.pid}`, 'DATA_DIR', 'DATABASE_URL'])
      expect(said).toContain(part);
  });

  it('refuses a second opener in the same process, and the first keeps the folder', async () => {
    lockHere();
    expect(() => lockDataDir(dataDir)).toThrow(DataDirLocked);
    expect(() => lockDataDir(`${dataDir}/../${path.basename(dataDir)}`)).toThrow(/this process/);
    expect((await lockElsewhere()).said).toMatch(/^DataDirLocked: /);
  });

  it('takes over from a holder that was killed', async () => {
    const { child, said } = await lockElsewhere();
    expect(said).toBe('locked');
    expect(() => lockDataDir(dataDir)).toThrow(`in use by process ${child.pid}.`);
    await kill(child);
    lockHere();
    expect(await readFile(path.join(dataDir, 'lock.pid'), 'utf8')).toBe(`${process.pid}\n`);
  });

  it('takes over where the last holder has left the id of a process that lives', async () => {
    await writeFile(path.join(dataDir, 'lock.pid'), `${process.ppid}\n`);
    expect(lockHere).not.toThrow();
  });

  it('refuses also where nothing names the holder', async () => {
    lockHere();
    await rm(path.join(dataDir, 'lock.pid'));
    expect(() => lockDataDir(dataDir)).toThrow('in use by another process.');
  });

  it('gives the folder back once, however often it is released', async () => {
    const lock = lockHere();
    lock.release();
    const { child, said } = await lockElsewhere();
    expect(said).toBe('locked');
    lock.release();
    expect(() => lockDataDir(dataDir)).toThrow(`process ${child.pid}.`);
  });

  it('makes the folder, and leaves no journal in it', async () => {
    const nested = path.join(dataDir, 'a', 'b');
    const lock = lockDataDir(nested);
    expect((await readdir(nested)).toSorted()).toEqual(['lock', 'lock.pid']);
    lock.release();
    expect(await readdir(nested)).toEqual(['lock']);
  });
});

async function kill(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
