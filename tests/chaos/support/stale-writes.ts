/**
 * A trigger in the test's database that records every write of a task to which its writer had no right: one under another
 * node's lease, one of a final task, a version that falls. `application_name` identifies the node.
 */
import type { Cluster } from './cluster.ts';

const statements = [
  `CREATE TABLE "LeaseHolder" ("leaseOwner" text PRIMARY KEY, "node" text NOT NULL)`,
  `CREATE TABLE "StaleWrite" ("taskId" text, "node" text, "holder" text, "why" text)`,
  `CREATE TABLE "Settled" ("taskId" text, "node" text, "atMs" float8)`,
  `CREATE TABLE "Taken" ("taskId" text, "node" text, "from" text)`,
  `CREATE FUNCTION "watchTask"() RETURNS trigger LANGUAGE plpgsql AS $$
   DECLARE
     writer text := current_setting('application_name');
     holder text := (SELECT "node" FROM "LeaseHolder" WHERE "leaseOwner" = OLD."leaseOwner");
     is_claim boolean := NEW."leaseOwner" IS NOT NULL AND NEW."leaseOwner" IS DISTINCT FROM OLD."leaseOwner";
     was_final boolean := OLD."status" IN ('SUCCESS', 'FAILED', 'CANCELED');
     why text;
   BEGIN
     IF writer = 'test' THEN RETURN NEW; END IF;
     IF is_claim THEN
       INSERT INTO "LeaseHolder" VALUES (NEW."leaseOwner", writer) ON CONFLICT DO NOTHING;
       INSERT INTO "Taken" VALUES (NEW."id", writer, holder);
     END IF;
     IF NEW."status" IN ('SUCCESS', 'FAILED', 'CANCELED') AND NOT was_final THEN
       INSERT INTO "Settled" VALUES (NEW."id", writer, extract(epoch FROM clock_timestamp()) * 1000);
     END IF;
     why := CASE
       WHEN NEW."version" < OLD."version" THEN 'the version falls'
       WHEN was_final AND (NEW."status", NEW."refundedCredits", NEW."completedAt")
         IS DISTINCT FROM (OLD."status", OLD."refundedCredits", OLD."completedAt") THEN 'it was final'
       WHEN is_claim AND OLD."leaseExpiresAt" >= now() THEN 'taken before the lease ran out'
       WHEN is_claim OR (NOT was_final AND NEW."status" IN ('FAILED', 'CANCELED')) THEN NULL
       WHEN OLD."leaseOwner" IS NULL THEN 'written without a lease'
       WHEN holder <> writer THEN 'written under another lease'
     END;
     IF why IS NOT NULL THEN INSERT INTO "StaleWrite" VALUES (OLD."id", writer, holder, why); END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER "watchTask" BEFORE UPDATE ON "Task" FOR EACH ROW EXECUTE FUNCTION "watchTask"()`,
];

export async function recordStaleWrites(cluster: Cluster) {
  for (const statement of statements) await cluster.query(statement);
  return {
    staleWrites: () => cluster.query<{ taskId: string; why: string }>('SELECT * FROM "StaleWrite"'),
    /** Tasks that were taken from that node before it gave them back. */
    async takenFrom(node: string): Promise<number> {
      const [row] = await cluster.query<{ count: number }>(
        `SELECT count(DISTINCT "taskId")::int AS "count" FROM "Taken" WHERE "from" = $1 AND "node" <> $1`,
        [node],
      );
      return row?.count ?? 0;
    },
    /** Which node ended the task and when, by the database's clock. */
    async settledBy(taskId: string) {
      const [row] = await cluster.query<{ node: string; atMs: number }>(
        'SELECT "node", "atMs" FROM "Settled" WHERE "taskId" = $1',
        [taskId],
      );
      return row;
    },
  };
}
