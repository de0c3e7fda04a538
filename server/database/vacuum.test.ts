import { expect, it, onTestFinished } from 'vitest';
import { openPglite } from './pglite.ts';
import { createVacuum } from './vacuum.ts';

it('frees the room of deleted rows for new ones, and estimates their number, once', async () => {
  const { pglite, close } = await openPglite();
  onTestFinished(() => close());
  const vacuum = createVacuum(pglite);
  await pglite.exec('CREATE TABLE "Table" ("id" int, "text" text); CREATE TABLE "other" ("id" int)');
  const fill = () =>
    pglite.exec(`INSERT INTO "Table" SELECT n, repeat('x', 100) FROM generate_series(1, 5000) n`);
  const read = async () => {
    const { rows } = await pglite.query<{ bytes: number; rows: number }>(
      `SELECT pg_relation_size('"Table"')::int AS "bytes", "reltuples"::int AS "rows" FROM pg_class WHERE "relname" = 'Table'`,
    );
    return rows[0]!;
  };
  await fill();
  const { bytes } = await read();
  for (let round = 0; round < 3; round += 1) {
    await pglite.exec('DELETE FROM "Table"');
    expect(await vacuum()).toBe(1);
    await fill();
    expect((await read()).bytes).toBeLessThanOrEqual(bytes);
  }
  expect(await vacuum()).toBe(1);
  expect((await read()).rows).toBe(5_000);
  expect(await vacuum()).toBe(0);
  expect(await createVacuum(pglite)()).toBe(1);
});
