import { describe, expect, it } from 'vitest';
import { geminiModel, startGeminiTest } from '../../tests/support/sandbox.ts';

const noImage = { content: {}, finishReason: 'NO_IMAGE', index: 0 };

describe('words in a prompt', () => {
  it.each([
    ['auth', 400, 'INVALID_ARGUMENT'],
    ['no-credit', 400, 'FAILED_PRECONDITION'],
    ['quota', 429, 'RESOURCE_EXHAUSTED'],
    ['outage', 503, 'UNAVAILABLE'],
    ['failed', 500, 'INTERNAL'],
  ])('%s refuses every call', async (word, code, status) => {
    await using test = await startGeminiTest();
    for (let count = 0; count < 2; count++) {
      expect(await test.say(`sandbox:${word}`)).toMatchObject({
        status: code,
        body: { error: { code, status } },
      });
    }
    expect(test.stats().creations).toEqual({});
  });

  it.each([
    ['rate-limited', 429],
    ['flaky', 503],
    ['interrupted', 500],
  ])('%s refuses the first call with the prompt alone', async (word, status) => {
    await using test = await startGeminiTest();
    const prompt = `sandbox:${word}=2 sandbox:text-only`;
    const statuses = [await test.say(prompt), await test.say(prompt), await test.say(prompt)].map(
      (answer) => answer.status,
    );
    expect(statuses).toEqual([status, status, 200]);
  });

  it('say when to come back for a rate, and not for the quota of a day', async () => {
    await using test = await startGeminiTest();
    const kindsOf = ({ body }: { body: { error: { details: { '@type': string }[] } } }) =>
      body.error.details.map((detail) => detail['@type'].split('.').at(-1));
    const rate = await test.say('sandbox:rate-limited');
    expect(kindsOf(rate)).toEqual(['QuotaFailure', 'Help', 'RetryInfo']);
    expect(rate.body.error.details.at(-1).retryDelay).toBe('1.5s');
    const quota = await test.say('sandbox:quota');
    expect(kindsOf(quota)).toEqual(['QuotaFailure', 'Help']);
    expect(quota.body.error.details[0].violations[0].quotaId).toContain('PerDay');
  });

  it('blocked answers without a candidate', async () => {
    await using test = await startGeminiTest();
    const { status, body } = await test.say('sandbox:blocked');
    expect(status).toBe(200);
    expect(body).toEqual({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: expect.any(Object),
      modelVersion: geminiModel,
      responseId: expect.any(String),
    });
    const { promptFeedback } = await test.client.models.generateContent({
      model: geminiModel,
      contents: 'sandbox:blocked=image_safety',
    });
    expect(promptFeedback?.blockReason).toBe('IMAGE_SAFETY');
  });

  it('finish answers with that reason and no picture', async () => {
    await using test = await startGeminiTest();
    const { body } = await test.say('sandbox:finish=IMAGE_SAFETY');
    expect(body.candidates).toEqual([
      { content: {}, finishReason: 'IMAGE_SAFETY', finishMessage: expect.any(String), index: 0 },
    ]);
  });

  it('lost never brings a picture', async () => {
    await using test = await startGeminiTest();
    for (let count = 0; count < 2; count++) {
      expect((await test.say('sandbox:lost')).body.candidates).toMatchObject([noImage]);
    }
  });

  it('fewer brings one picture less than calls that run together', async () => {
    await using test = await startGeminiTest({ speed: 10 });
    const together = await Promise.all([1, 2, 3].map(() => test.say('sandbox:fewer')));
    const reasons = together.map(({ body }) => body.candidates[0].finishReason);
    expect(reasons.toSorted()).toEqual(['NO_IMAGE', 'STOP', 'STOP']);
    expect((await test.say('sandbox:fewer')).body.candidates).toMatchObject([noImage]);
  });

  it('text-only and a wish for text bring a text', async () => {
    await using test = await startGeminiTest();
    for (const [prompt, config] of [
      ['sandbox:text-only', {}],
      ['x', { responseModalities: ['TEXT'] }],
    ] as const) {
      const { body } = await test.say(prompt, { generationConfig: config });
      expect(body.candidates).toMatchObject([
        { content: { parts: [{ text: expect.any(String) }] }, finishReason: 'STOP' },
      ]);
      expect(body.candidates[0].content.parts).toHaveLength(1);
    }
  });

  it('continued brings a token that the SDK follows automatically unless an option turns that off', async () => {
    await using test = await startGeminiTest();
    const contents = 'sandbox:continued';
    const alone = await test.client.models.generateContent({
      model: geminiModel,
      contents,
      config: { automaticContinuation: false },
    });
    expect(alone.candidates).toMatchObject([{ finishReason: 'CONTINUATION' }]);
    expect(test.stats().creations).toEqual({ [contents]: 1 });
    const followed = await test.client.models.generateContent({ model: geminiModel, contents });
    expect(followed.candidates).toMatchObject([{ finishReason: 'STOP' }]);
    expect(test.stats().creations).toEqual({ [contents]: 3 });
  });

  it('aborted runs into a deadline; drop cuts the connection after the work was taken', async () => {
    await using test = await startGeminiTest();
    expect(await test.say('sandbox:aborted')).toMatchObject({
      status: 504,
      body: { error: { status: 'DEADLINE_EXCEEDED' } },
    });
    await expect(test.say('sandbox:drop')).rejects.toThrow(TypeError);
    expect(test.stats().creations).toEqual({ 'sandbox:aborted': 1, 'sandbox:drop': 1 });
  });

  it('bad-response breaks off in the middle', async () => {
    await using test = await startGeminiTest();
    await expect(
      test.client.models.generateContent({ model: geminiModel, contents: 'sandbox:bad-response' }),
    ).rejects.toThrow(SyntaxError);
  });

  it('slow answers with 504 when the client’s own time is up', async () => {
    await using test = await startGeminiTest({ speed: 1 });
    const answer = await test.say('sandbox:slow=900', {}, { 'X-Server-Timeout': '1' });
    expect(answer).toMatchObject({ status: 504, body: { error: { status: 'DEADLINE_EXCEEDED' } } });
  });

  it('slow-body lets the answer trickle in', async () => {
    await using test = await startGeminiTest({ speed: 10 });
    const response = await fetch(`${test.baseUrl}/v1beta/models/${geminiModel}:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': test.apiKey },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'sandbox:slow-body=5' }] }] }),
    });
    const startedAt = performance.now();
    expect(await response.json()).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
    expect(performance.now() - startedAt).toBeGreaterThan(300);
  });
});
