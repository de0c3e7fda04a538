import { describe, expect, it } from 'vitest';
import { flux, nanoBanana, startReplicateTest } from '../../tests/support/sandbox.ts';

function input(prompt: string) {
  return { prompt, megapixels: '0.25', output_format: 'png' };
}

describe('words in a prompt, at a creation', () => {
  it.each([
    ['auth', 401, 'Unauthenticated'],
    ['no-credit', 402, 'Insufficient credit'],
    ['quota', 429, 'Request was throttled'],
  ])('%s refuses it every time, and nothing is created', async (word, status, title) => {
    await using test = await startReplicateTest();
    for (let count = 0; count < 3; count++) {
      const answer = await test.create(flux, input(`sandbox:${word}`));
      expect(answer).toMatchObject({ status, body: { title, status } });
      expect(answer.headers.get('retry-after')).toBeNull();
    }
    expect(test.stats().creations).toEqual({});
  });

  it('rate-limited refuses the first, or as many as it says, of the same prompt', async () => {
    await using test = await startReplicateTest();
    const once = await test.create(flux, input('sandbox:rate-limited'));
    expect(once).toMatchObject({ status: 429, body: { detail: expect.stringContaining('resets in ~1s') } });
    expect(once.headers.get('retry-after')).toBe('1');
    expect((await test.create(flux, input('sandbox:rate-limited'))).status).toBe(201);
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) {
      statuses.push((await test.create(flux, input('sandbox:rate-limited=3'))).status);
    }
    expect(statuses).toEqual([429, 429, 429, 201]);
  });

  // The SDK repeats a refused creation without a pause; a caller that relies on it must know that it hides a 429.
  it('rate-limited is passed by the SDK’s own repetition', async () => {
    await using test = await startReplicateTest();
    await test.client.predictions.create({ model: flux, input: input('sandbox:rate-limited=5') });
    expect(test.stats().creations).toEqual({ 'sandbox:rate-limited=5': 1 });
  });

  it('outage and bad-response answer with a page, and nothing is created', async () => {
    await using test = await startReplicateTest();
    const outage = await test.create(flux, input('sandbox:outage'));
    expect(outage).toMatchObject({ status: 502, text: expect.stringContaining('<html>') });
    const bad = await test.create(flux, input('sandbox:bad-response'));
    expect(bad).toMatchObject({ status: 201, text: expect.stringContaining('<html>') });
    await expect(
      test.client.predictions.create({ model: flux, input: input('sandbox:bad-response') }),
    ).rejects.toThrow(SyntaxError);
    expect(test.stats().creations).toEqual({});
  });

  it('drop cuts the connection after the prediction was created, which then runs', async () => {
    await using test = await startReplicateTest();
    await expect(test.create(flux, input('sandbox:drop'))).rejects.toThrow(TypeError);
    expect(test.stats().creations).toEqual({ 'sandbox:drop': 1 });
    const [prediction] = (await test.client.predictions.list()).results;
    expect(await test.end(prediction ?? { id: '' })).toMatchObject({ status: 'succeeded' });
  });

  // Nor does it know that a creation was taken when the connection breaks.
  it('drop makes the SDK create again and again', async () => {
    await using test = await startReplicateTest();
    const creation = test.client.predictions.create({ model: flux, input: input('sandbox:drop') });
    await expect(creation).rejects.toThrow(TypeError);
    expect(test.stats().creations).toEqual({ 'sandbox:drop': 6 });
  });

  it('are the only reason: misspelt ones do nothing and are logged without the prompt', async () => {
    const lines: unknown[] = [];
    await using test = await startReplicateTest({ log: (...line) => lines.push(line) });
    const { body } = await test.create(flux, input('a secret sandbox:bloked'));
    expect(await test.end(body)).toMatchObject({ status: 'succeeded' });
    expect(lines).toEqual([['unknown words in a prompt', { words: ['bloked'] }]]);
  });
});

describe('words in a prompt, at a prediction', () => {
  it.each([
    ['sandbox:blocked', 'flagged as sensitive. Please try again with different inputs. (E005)'],
    ['sandbox:failed', 'could not generate an image'],
    ['sandbox:failed=PA', 'Prediction interrupted; please retry (code: PA)'],
    ['sandbox:failed=e1001', '(E1001)'],
  ])('%s ends it as failed', async (prompt, error) => {
    await using test = await startReplicateTest();
    const ended = await test.end((await test.create(flux, input(prompt))).body);
    expect(ended).toMatchObject({ status: 'failed', output: null, error: expect.stringContaining(error) });
    expect(ended.started_at).toBeDefined();
  });

  it('interrupted fails the first of the same prompt alone', async () => {
    await using test = await startReplicateTest();
    const run = async () => await test.end((await test.create(flux, input('sandbox:interrupted'))).body);
    expect(await run()).toMatchObject({ status: 'failed', error: expect.stringContaining('code: PA') });
    expect(await run()).toMatchObject({ status: 'succeeded' });
  });

  it('aborted ends it before it starts', async () => {
    await using test = await startReplicateTest();
    const ended = await test.end((await test.create(flux, input('sandbox:aborted'))).body);
    expect(ended).toMatchObject({ status: 'aborted', output: null });
    expect(ended.started_at).toBeUndefined();
  });

  it('slow and queued take the seconds they say', async () => {
    await using test = await startReplicateTest({ speed: 10 });
    const slow = await test.end((await test.create(flux, input('sandbox:slow=10'))).body);
    expect(slow.metrics?.predict_time).toBeGreaterThan(0.98);
    const queued = await test.end((await test.create(flux, input('sandbox:queued=10'))).body);
    expect((queued.metrics?.total_time ?? 0) - (queued.metrics?.predict_time ?? 0)).toBeGreaterThan(0.98);
  });

  it('fewer makes one picture less', async () => {
    await using test = await startReplicateTest();
    const three = await test.end(
      (await test.create(flux, { ...input('sandbox:fewer'), num_outputs: 3 })).body,
    );
    expect(three.output).toHaveLength(2);
    expect(three.logs).toContain('Total safe images: 2 out of 3');
    const one = await test.end((await test.create(flux, input('sandbox:fewer'))).body);
    expect(one).toMatchObject({ status: 'succeeded', output: [] });
    const single = await test.end((await test.create(nanoBanana, { prompt: 'sandbox:fewer' })).body);
    expect(single).toMatchObject({ status: 'succeeded', output: null });
  });

  it('text-only succeeds without an output', async () => {
    await using test = await startReplicateTest();
    const ended = await test.end((await test.create(flux, input('sandbox:text-only'))).body);
    expect(ended).toMatchObject({ status: 'succeeded', output: null });
  });

  it('lost makes it disappear', async () => {
    await using test = await startReplicateTest();
    const { status, body } = await test.create(flux, input('sandbox:lost'));
    expect(status).toBe(201);
    expect(await test.call(`/predictions/${body.id}`)).toMatchObject({ status: 404 });
    expect((await test.client.predictions.list()).results).toEqual([]);
    expect(test.stats().creations).toEqual({ 'sandbox:lost': 1 });
  });

  it('flaky answers the first questions about each with 500', async () => {
    await using test = await startReplicateTest();
    for (const [prompt, failures] of [
      ['sandbox:flaky', 3],
      ['sandbox:flaky', 3],
      ['sandbox:flaky=1', 1],
    ] as const) {
      const { body } = await test.create(flux, input(prompt));
      const statuses: number[] = [];
      for (let count = 0; count < 4; count++)
        statuses.push((await test.call(`/predictions/${body.id}`)).status);
      expect(statuses).toEqual([...Array(failures).fill(500), ...Array(4 - failures).fill(200)]);
    }
    expect(test.stats().gets).toEqual({ 'sandbox:flaky': 8, 'sandbox:flaky=1': 4 });
  });

  it('expired succeeds with pictures that are gone', async () => {
    await using test = await startReplicateTest();
    const ended = await test.end((await test.create(flux, input('sandbox:expired'))).body);
    expect(ended.output).toHaveLength(1);
    expect((await fetch(ended.output[0])).status).toBe(404);
  });

  it('slow-body lets the bytes of a picture trickle in', async () => {
    await using test = await startReplicateTest({ speed: 10 });
    const ended = await test.end((await test.create(flux, input('sandbox:slow-body=5'))).body);
    const response = await fetch(ended.output[0]);
    const startedAt = performance.now();
    const bytes = await response.arrayBuffer();
    expect(performance.now() - startedAt).toBeGreaterThan(300);
    expect(String(bytes.byteLength)).toBe(response.headers.get('content-length'));
  });
});
