import type { Prisma } from '../generated/prisma/client.ts';
import { catalogue } from '../models/catalogue.ts';

/** The columns of a task that never was, for a test of an endpoint. */
export function sampleSnapshot({ id, createdAt }: { id: string; createdAt: Date }): Prisma.JsonObject {
  const [model] = catalogue;
  const at = createdAt.toISOString();
  return {
    id,
    scene: 'TEXT_TO_IMAGE',
    provider: model!.provider,
    model: model!.name,
    prompt: 'A test of this webhook endpoint',
    options: { count: 1 },
    providerOptions: {},
    status: 'SUCCESS',
    version: 1,
    progressPercent: 100,
    progressSource: 'PROVIDER',
    expectedDurationMs: 1_000,
    failureCode: null,
    costCredits: 0,
    refundedCredits: 0,
    createdAt: at,
    startedAt: at,
    completedAt: at,
    deadlineAt: at,
  };
}
