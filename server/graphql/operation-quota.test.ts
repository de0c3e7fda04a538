import { expect, it } from 'vitest';
import { createRateLimiter } from '../lib/rate-limiter.ts';
import { createOperationQuota, describeCost, waitMsOf } from './operation-quota.ts';

const ada = { id: 'ada' };
const adasKey = { id: 'ada', apiKeyId: 'key' };

function createQuota() {
  return createOperationQuota({
    callers: createRateLimiter({ perMinute: 10 }),
    keys: createRateLimiter({ perMinute: 4 }),
  });
}

it('counts an operation for the API key and for its user, and reports the tighter limit', async () => {
  const quota = createQuota();
  const byKey = await quota.take({ viewer: adasKey }, 3);
  expect(byKey).toMatchObject([
    { name: 'key', limit: 4, remaining: 1 },
    { name: 'user', limit: 10, remaining: 7 },
  ]);
  expect(describeCost(3, byKey)).toMatchObject({ requested: 3, limit: 4, remaining: 1 });
  await quota.take({ viewer: ada }, 7);
  expect(await quota.take({ viewer: adasKey }, 0)).toMatchObject([
    { name: 'user', remaining: 0 },
    { name: 'key' },
  ]);
});

it('takes nothing from the user for what it refuses to a key', async () => {
  const quota = createQuota();
  for (let sent = 0; sent < 5; sent += 1)
    expect(waitMsOf(await quota.take({ viewer: adasKey }, 3)) > 0).toBe(sent > 0);
  expect(await quota.take({ viewer: ada }, 0)).toMatchObject([{ name: 'user', waitMs: 0, remaining: 7 }]);
  expect(await quota.take({ viewer: { ...adasKey, apiKeyId: 'other' } }, 1)).toMatchObject([
    { name: 'key', waitMs: 0 },
    { name: 'user', waitMs: 0 },
  ]);
});
