-- CreateIndex
CREATE INDEX "OutgoingWebhook_taskId_endpointId_number_idx" ON "OutgoingWebhook"("taskId", "endpointId", "number");

-- DropIndex: last, as nothing reads the table after it until the end.
DROP INDEX "OutgoingWebhook_taskId_idx";
