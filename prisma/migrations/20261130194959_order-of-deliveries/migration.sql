-- DropIndex
DROP INDEX "OutgoingWebhook_taskId_idx";

-- CreateIndex
CREATE INDEX "OutgoingWebhook_taskId_endpointId_number_idx" ON "OutgoingWebhook"("taskId", "endpointId", "number");
