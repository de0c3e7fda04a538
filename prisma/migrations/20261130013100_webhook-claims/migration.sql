-- DropIndex
DROP INDEX "OutgoingWebhook_nextAttemptAt_idx";

-- Written by hand: Prisma has no partial indexes. A claim looks for the endpoints with pending deliveries, then for what
-- is due of each.
CREATE INDEX "OutgoingWebhook_pending_idx" ON "OutgoingWebhook"("endpointId", "nextAttemptAt", "number")
    WHERE "nextAttemptAt" IS NOT NULL;

-- The inputs of tasks are no longer stored with their events.
UPDATE "OutgoingWebhook" SET "snapshot" = "snapshot" - ARRAY['prompt', 'options', 'providerOptions']
    WHERE "snapshot" ? 'prompt';
