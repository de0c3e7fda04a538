import type { IncomingMessage } from 'node:http';
import { expect, it, vi } from 'vitest';
import { createAccessLog } from './access-log.ts';

it('logs an answered request without the query of its address', () => {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const write = createAccessLog({ log, addressOf: () => '192.0.2.1' });
  const request = { method: 'GET', url: '/files/images/a.png?signature=s3cret' } as IncomingMessage;
  write({ request, requestId: 'request-1', route: '/files', status: 200, seconds: 0.012_34 });
  expect(log.info).toHaveBeenCalledExactlyOnceWith(
    {
      component: 'access',
      requestId: 'request-1',
      method: 'GET',
      path: '/files/images/a.png',
      status: 200,
      durationMs: 12.3,
      address: '192.0.2.1',
    },
    'answered',
  );
});

it('logs no token of a shared page', () => {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const write = createAccessLog({ log, addressOf: () => '192.0.2.1' });
  const request = { method: 'GET', url: '/s/t0ken/0/preview' } as IncomingMessage;
  write({ request, requestId: 'request-1', route: '/s', status: 200, seconds: 0.012_34 });
  expect(log.info.mock.calls[0]![0]).toMatchObject({ path: '/s/…/0/preview' });
});
