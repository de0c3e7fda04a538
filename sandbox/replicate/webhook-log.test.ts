import { expect, it } from 'vitest';
import { createPace } from '../lib/pace.ts';
import { createWebhooks, createWebhookSecret } from './webhooks.ts';

it('reports deliveries that a receiver missed once, however many there are', async () => {
  const lines: unknown[] = [];
  const webhooks = createWebhooks({
    webhookSecret: createWebhookSecret(),
    pace: createPace({ speed: 1000, now: Date.now, random: Math.random }),
    signal: new AbortController().signal,
    log: (message, details) => lines.push([message, details]),
  });
  // Nothing listens there.
  const url = 'http://127.0.0.1:1/webhook';
  for (let index = 0; index < 20; index += 1) {
    const notify = webhooks.open({ url, events: ['start', 'completed'], twice: false, body: () => '{}' });
    notify('start');
    notify('completed');
  }
  await webhooks.idle();
  expect(lines).toEqual([['webhooks not delivered', { count: 1, last: 0 }]]);
});
