import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRecordFolder } from './record-folder.ts';

async function makeFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'records-'));
  const logged: string[] = [];
  return {
    folder,
    logged,
    open: (at = folder) => createRecordFolder({ folder: at, log: (message) => logged.push(message) }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

describe('a folder of records', () => {
  it('reads what was written, with its bytes', async () => {
    await using test = await makeFolder();
    const records = test.open(path.join(test.folder, 'made', 'first'));
    expect(await records.read()).toEqual([]);
    records.write('a', { content: { colour: 'red' } });
    records.write('b', { content: { colour: 'blue' }, bytes: Buffer.from('pixels') });
    await records.idle();
    const found = await test.open(path.join(test.folder, 'made', 'first')).read();
    expect(found.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: 'a', content: { colour: 'red' } },
      { name: 'b', content: { colour: 'blue' }, bytes: Buffer.from('pixels') },
    ]);
    expect(test.logged).toEqual([]);
  });

  it('ends as the last call for a name left it', async () => {
    await using test = await makeFolder();
    const records = test.open();
    for (let count = 0; count < 50; count++) records.write('a', { content: { count } });
    records.write('b', { content: {}, bytes: Buffer.alloc(1_000_000) });
    records.remove('b');
    await Promise.all([records.idle('a'), records.idle('b')]);
    expect(await readdir(test.folder)).toEqual(['a.json']);
    expect(await test.open().read()).toEqual([{ name: 'a', content: { count: 49 } }]);
  });

  it('removes what a killed process left half written, and leaves what may still be being written', async () => {
    await using test = await makeFolder();
    const hoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const name of ['old.bytes', 'old.json.1f', 'young.bytes']) {
      await writeFile(path.join(test.folder, name), 'x');
      if (name.startsWith('old')) await utimes(path.join(test.folder, name), hoursAgo, hoursAgo);
    }
    expect(await test.open().read()).toEqual([]);
    expect(await readdir(test.folder)).toEqual(['young.bytes']);
  });

  it('removes a record that is no JSON, and tells of it', async () => {
    await using test = await makeFolder();
    await writeFile(path.join(test.folder, 'a.json'), '{"colour":');
    await writeFile(path.join(test.folder, 'b.json'), '{}');
    expect(await test.open().read()).toEqual([{ name: 'b', content: {} }]);
    expect(await readdir(test.folder)).toEqual(['b.json']);
    expect(test.logged).toHaveLength(1);
  });

  it('tells once of a folder that cannot be used', async () => {
    await using test = await makeFolder();
    await writeFile(path.join(test.folder, 'file'), '');
    const records = test.open(path.join(test.folder, 'file', 'below'));
    expect(await records.read()).toEqual([]);
    for (const name of ['a', 'b', 'c']) records.write(name, { content: {} });
    await records.idle();
    expect(test.logged).toHaveLength(1);
  });
});
