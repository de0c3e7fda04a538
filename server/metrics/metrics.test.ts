import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('samples the lag of the event loop every 100 ms, as each sample wakes the process', async () => {
  const { handler } = createMetrics({ build: { version: '0', node: '0' }, providers: [], models: [] });
  const server = createServer((request, response) => void handler(request, response)).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const shortestMs = async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const [, mean] = /^nodejs_eventloop_lag_mean_seconds (\S+)$/m.exec(text)!;
      const [, min] = /^nodejs_eventloop_lag_min_seconds (\S+)$/m.exec(text)!;
      // Each scrape begins a new series, whose mean is no number before the first sample.
      return Number(mean) > 0 ? Number(min) * 1000 : undefined;
    };
    await expect.poll(shortestMs, { interval: 300, timeout: 10_000 }).toBeGreaterThan(90);
  } finally {
    server.close();
  }
});
