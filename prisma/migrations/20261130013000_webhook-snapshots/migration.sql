-- Written by hand: the trigger's function, which schema.prisma cannot express.

-- As before, but without the inputs of the task, which never change and may be long: they are read from the task when the
-- webhook is sent, so none is left once the task is deleted. A delivery is due when an earlier one of its task is retried,
-- so that claims need not pass over it.
CREATE OR REPLACE FUNCTION "Task_write_webhooks"() RETURNS trigger LANGUAGE plpgsql AS $$
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
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event", "taskId", "snapshot", "nextAttemptAt")
    SELECT gen_random_uuid()::text, "endpoint"."id", "event", NEW."id", to_jsonb(NEW) - ARRAY['id', 'userId', 'mediaType',
        'prompt', 'options', 'providerOptions', 'deletedImages', 'attempt', 'submittingAt', 'externalId', 'operation',
        'providerAnswer', 'heardAt', 'unansweredPolls', 'dueAt', 'leaseOwner', 'leaseExpiresAt'], greatest(now(), (
            SELECT max("nextAttemptAt") FROM "OutgoingWebhook" AS "earlier"
            WHERE "earlier"."taskId" = NEW."id" AND "earlier"."endpointId" = "endpoint"."id"
        ))
    FROM (
        SELECT "id", "events" FROM "WebhookEndpoint" WHERE "userId" = NEW."userId" AND "enabled"
        FOR KEY SHARE SKIP LOCKED
    ) AS "endpoint", unnest("endpoint"."events") AS "event"
    WHERE "event" = 'TASK_UPDATED' OR NEW."completedAt" IS NOT NULL
    ORDER BY "event";
    RETURN NULL;
END;
$$;
