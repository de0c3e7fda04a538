import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withLimit, withRefusalLimit } from './limit.ts';
import type { Handler } from './handler.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a request beyond a limit', () => {
  const limiter = { take: async () => 5_000, giveBack: async () => {} };
  const admission = { waitMs: 5_000, accept: () => {} };
  const handled = vi.fn<Handler>();
  const handlers: Record<string, Handler> = {
    'of sign-ins': withLimit(handled, { limiter, addressOf: () => 'address' }),
    'of refused requests': withRefusalLimit(handled, { admit: async () => admission }),
  };

  it.each(Object.entries(handlers))('%s is refused after a second', async (_, handle) => {
    const response = { writeHead: vi.fn<() => void>(), end: vi.fn<() => void>() };
    const refused = handle(
      { method: 'POST', url: '/' } as IncomingMessage,
      response as unknown as ServerResponse,
    );
    await vi.advanceTimersByTimeAsync(999);
    expect(response.end).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await refused;
    expect(response.writeHead).toHaveBeenCalledWith(429, expect.objectContaining({ 'Retry-After': 5 }));
    expect(response.end).toHaveBeenCalledOnce();
    expect(handled).not.toHaveBeenCalled();
  });
});
