-- Written by hand: what schema.prisma cannot say.

-- A trigger, so that every change is written in its own transaction, also by nodes of an earlier version. It waits for no
-- lock: an endpoint that is being deleted gets no event, and a delivery that is being leased stays as it is.
CREATE FUNCTION "Task_write_webhooks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM "WebhookEndpoint" WHERE "userId" = NEW."userId" AND "enabled") THEN
        RETURN NULL;
    END IF;
    -- The newest state replaces one that was not sent yet.
    DELETE FROM "OutgoingWebhook" WHERE "id" IN (
        SELECT "id" FROM "OutgoingWebhook"
        WHERE "taskId" = NEW."id" AND "event" = 'TASK_UPDATED' AND "attempts" = 0 AND "nextAttemptAt" IS NOT NULL
        FOR UPDATE SKIP LOCKED
    );
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event", "taskId", "snapshot")
    SELECT gen_random_uuid()::text, "endpoint"."id", "event", NEW."id", to_jsonb(NEW) - ARRAY['attempt', 'submittingAt',
        'externalId', 'operation', 'providerAnswer', 'heardAt', 'unansweredPolls', 'dueAt', 'leaseOwner', 'leaseExpiresAt']
    FROM (
        SELECT "id", "events" FROM "WebhookEndpoint" WHERE "userId" = NEW."userId" AND "enabled"
        FOR KEY SHARE SKIP LOCKED
    ) AS "endpoint", unnest("endpoint"."events") AS "event"
    WHERE "event" = 'TASK_UPDATED' OR NEW."completedAt" IS NOT NULL
    ORDER BY "event";
    RETURN NULL;
END;
$$;

CREATE TRIGGER "Task_write_webhooks_of_new"
    AFTER INSERT ON "Task"
    FOR EACH ROW EXECUTE FUNCTION "Task_write_webhooks"();

-- What a client sees; claims and leases change other columns. After the end none of these changes.
CREATE TRIGGER "Task_write_webhooks_of_changed"
    AFTER UPDATE ON "Task"
    FOR EACH ROW WHEN (OLD."completedAt" IS NULL AND
        (OLD."status", OLD."progressPercent", OLD."progressSource", OLD."startedAt", OLD."completedAt")
        IS DISTINCT FROM
        (NEW."status", NEW."progressPercent", NEW."progressSource", NEW."startedAt", NEW."completedAt"))
    EXECUTE FUNCTION "Task_write_webhooks"();
