import { describe, expect, it } from 'vitest';
import { flux, nanoBanana, seedream, startReplicateTest } from '../../tests/support/sandbox.ts';

const input = { prompt: 'a red fox', megapixels: '0.25', output_format: 'png' };

describe('a refused creation', () => {
  it('says that the token is wrong', async () => {
    await using test = await startReplicateTest();
    const { status, headers, body } = await test.create(flux, input, { Authorization: 'Bearer r8_wrong' });
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toEqual({
      title: 'Unauthenticated',
      detail: 'You did not pass a valid authentication token',
      status: 401,
    });
  });

  it.each([
    ['a missing prompt', flux, {}, 'required', 'input', 'prompt is required'],
    [
      'an unknown key',
      flux,
      { prompt: 'x', image_input: [] },
      'additional_property_not_allowed',
      'input',
      'Additional property image_input is not allowed',
    ],
    [
      'a bad choice',
      nanoBanana,
      { prompt: 'x', output_format: 'webp' },
      'enum',
      'input.output_format',
      'output_format must be one of the following: "jpg", "png"',
    ],
    [
      'a number for a choice',
      flux,
      { prompt: 'x', megapixels: 1 },
      'enum',
      'input.megapixels',
      'megapixels must be one of the following: "1", "0.25"',
    ],
    [
      'too many pictures',
      flux,
      { prompt: 'x', num_outputs: 5 },
      'number_lte',
      'input.num_outputs',
      'Must be less than or equal to 4',
    ],
    [
      'too few',
      seedream,
      { prompt: 'x', max_images: 0 },
      'number_gte',
      'input.max_images',
      'Must be greater than or equal to 1',
    ],
    [
      'a fraction',
      flux,
      { prompt: 'x', seed: 1.5 },
      'invalid_type',
      'input.seed',
      'Invalid type. Expected: integer, given: number',
    ],
    [
      'a prompt that is no text',
      flux,
      { prompt: 7 },
      'invalid_type',
      'input.prompt',
      'Invalid type. Expected: string, given: number',
    ],
    [
      'a flag that is none',
      flux,
      { prompt: 'x', go_fast: 'yes' },
      'invalid_type',
      'input.go_fast',
      'Invalid type. Expected: boolean, given: string',
    ],
    [
      'one address instead of a list',
      nanoBanana,
      { prompt: 'x', image_input: 'x' },
      'invalid_type',
      'input.image_input',
      'Invalid type. Expected: array, given: string',
    ],
    [
      'no address',
      nanoBanana,
      { prompt: 'x', image_input: ['x'] },
      'format',
      'input.image_input.0',
      "Does not match format 'uri'",
    ],
    [
      'too many references',
      nanoBanana,
      { prompt: 'x', image_input: Array(11).fill('data:,x') },
      'array_max_items',
      'input.image_input',
      'Array must have at most 10 items',
    ],
  ])('names %s', async (_title, model, wrong, type, field, description) => {
    await using test = await startReplicateTest();
    const { status, headers, body } = await test.create(model, wrong);
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toEqual({
      title: 'Input validation failed',
      detail: `- ${field}: ${description}\n`,
      status: 422,
      invalid_fields: [{ type, field, description }],
    });
    expect(test.stats().creations).toEqual({});
  });

  it.each([
    ['no input', {}, 'required', ''],
    ['a stray key', { input, task: 't1' }, 'additional_property_not_allowed', ''],
    ['an input that is no object', { input: [] }, 'invalid_type', 'input'],
    [
      'a webhook that is no HTTPS address',
      { input, webhook: 'http://proofsheet.example/' },
      'format',
      'webhook',
    ],
    ['an unknown event', { input, webhook_events_filter: ['end'] }, 'enum', 'webhook_events_filter.0'],
  ])('names %s', async (_title, body, type, field) => {
    await using test = await startReplicateTest();
    const answer = await test.call(`/models/${flux}/predictions`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect(answer).toMatchObject({ status: 422, body: { invalid_fields: [{ type, field }] } });
  });

  it('is told apart by what was not found', async () => {
    await using test = await startReplicateTest();
    expect(await test.create('google/other', input)).toMatchObject({ status: 404 });
    const version = await test.call('/predictions', {
      method: 'POST',
      body: JSON.stringify({ version: 'f'.repeat(64), input }),
    });
    expect(version).toMatchObject({ status: 422, body: { title: 'Invalid version or not permitted' } });
    expect(version.body.invalid_fields).toBeUndefined();
    expect(await test.call('/predictions/none')).toMatchObject({ status: 404, body: { status: 404 } });
    expect(await test.call('/predictions/none/cancel', { method: 'POST' })).toMatchObject({ status: 404 });
    expect(await test.call('/nothing')).toMatchObject({ status: 404 });
  });

  it('is a bad request where the body is no JSON', async () => {
    await using test = await startReplicateTest();
    const answer = await test.call(`/models/${flux}/predictions`, { method: 'POST', body: '{"input":' });
    expect(answer).toMatchObject({ status: 400, body: { status: 400 } });
  });
});

describe('rate limits', () => {
  it('count creations and everything else apart, and say when to come back', async () => {
    let now = Date.now();
    await using test = await startReplicateTest({
      now: () => now,
      replicateLimits: { creationsPerMinute: 2, othersPerMinute: 3 },
    });
    const first = await test.create(flux, input);
    expect(first.headers.get('ratelimit-remaining')).toBe('1');
    expect(first.headers.get('ratelimit-reset')).toBe('1');
    await test.create(flux, input);
    const refused = await test.create(flux, input);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(refused.body).toEqual({
      detail: 'Request was throttled. Your rate limit resets in ~30s.',
      retry_after: 30,
    });
    expect((await test.call('/account')).headers.get('ratelimit-remaining')).toBe('2');
    now += 30_000;
    expect((await test.create(flux, input)).status).toBe(201);
    expect(test.stats().creations).toEqual({ 'a red fox': 3 });
  });
});

describe('Prefer: wait', () => {
  it('answers with the pictures inlined while the status still says processing', async () => {
    await using test = await startReplicateTest();
    const { status, headers, body } = await test.create(flux, input, { Prefer: 'wait=10' });
    expect(status).toBe(201);
    expect(headers.get('preference-applied')).toBe('wait=10');
    expect(body).toMatchObject({
      status: 'processing',
      logs: '',
      output: [expect.stringMatching(/^data:image\/png;base64,/)],
    });
    expect(body.metrics ?? body.completed_at).toBeUndefined();
    const later = await test.end(body);
    expect(later).toMatchObject({ status: 'succeeded', output: [expect.stringMatching(/^http:/)] });
  });

  it('answers with the state as it is when the time is up', async () => {
    await using test = await startReplicateTest({ speed: 1 });
    const { body } = await test.create(flux, { prompt: 'sandbox:queued=600' }, { Prefer: 'wait=1' });
    expect(body).toMatchObject({ status: 'starting', output: null });
  });

  it('answers with a failure as such', async () => {
    await using test = await startReplicateTest();
    const { body } = await test.create(flux, { prompt: 'sandbox:blocked' }, { Prefer: 'wait' });
    expect(body).toMatchObject({ status: 'failed', error: expect.stringContaining('E005') });
  });
});

describe('Cancel-After', () => {
  it('aborts what has not started and cancels what runs', async () => {
    await using test = await startReplicateTest({ speed: 1 });
    const header = { 'Cancel-After': '5s' };
    const [queued, slow] = await Promise.all([
      test.create(flux, { prompt: 'sandbox:queued=600' }, header),
      test.create(flux, { prompt: 'sandbox:slow=600' }, header),
    ]);
    expect(Date.parse(queued.body.deadline) - Date.parse(queued.body.created_at)).toBe(5000);
    const aborted = await test.end(queued.body);
    expect(aborted.status).toBe('aborted');
    expect(aborted.started_at).toBeUndefined();
    const canceled = await test.end(slow.body);
    expect(canceled.status).toBe('canceled');
    expect(canceled.started_at).toBeDefined();
  });

  it.each(['4s', 'soon'])('must be a duration of at least 5 seconds: %s is refused', async (value) => {
    await using test = await startReplicateTest();
    const { status, body } = await test.create(flux, input, { 'Cancel-After': value });
    expect({ status, fields: body.invalid_fields }).toMatchObject({
      status: 422,
      fields: [{ field: 'Cancel-After' }],
    });
  });
});
