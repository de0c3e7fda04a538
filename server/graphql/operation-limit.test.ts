import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limitUploads } from './operation-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('refuses an upload beyond the limit after a second, before its body is read', async () => {
  const limiter = { take: async () => 5_000, giveBack: async () => {} };
  const { onRequestParse } = limitUploads({ limiter, viewerOf: async () => ({ id: 'user' }) });
  const request = { headers: new Headers({ 'content-type': 'multipart/form-data' }) };
  const refused = vi.fn<(error: unknown) => void>();
  const parsed = Promise.resolve(onRequestParse!({ request } as never)).catch(refused);
  await vi.advanceTimersByTimeAsync(999);
  expect(refused).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await parsed;
  expect(refused).toHaveBeenCalledWith(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterSeconds: 5 }),
  );
});
