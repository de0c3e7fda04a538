import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const key = 'key-of-ours';
const kept = (value: unknown): string => JSON.stringify(redact(value, [key]));

describe('redact', () => {
  it('keeps what is short and harmless', () => {
    const answer = {
      id: 'abc',
      metrics: { predict_time: 0.5 },
      output: ['https://out.example/0.png'],
      error: null,
    };
    expect(redact(answer, [key])).toEqual(answer);
  });

  it('takes out data URIs, inline data, signatures and long runs of characters', () => {
    const answer = {
      output: ['data:image/png;base64,QUJDREVG'],
      error: 'cannot read data:image/png;base64,QUJDREVG of the input',
      parts: [{ inlineData: { mimeType: 'image/png', data: 'QUJDREVG' }, thoughtSignature: 'QUJDREVG' }],
      text: 'QUJDREVG'.repeat(60),
    };
    expect(kept(answer)).not.toContain('QUJDREVG');
    expect(kept(answer)).toContain('image/png');
  });

  it('takes out keys wherever they stand, half ones at a cut included', () => {
    expect(kept({ error: `bad ${key}`, [key]: 1, list: [key] })).not.toContain(key);
    expect(kept({ error: `${'word '.repeat(99)}${key}` })).not.toContain('key-');
  });

  it('takes out addresses of the API and of ours', () => {
    expect(redact({ id: 'a', webhook: 'https://us.example/?task=1', urls: { get: 'x' } }, [])).toEqual({
      id: 'a',
    });
  });

  it('keeps the end of long logs and the start of other long words', () => {
    const answer = redact(
      { logs: `${'start '.repeat(2000)}end`, prompt: `start ${'word '.repeat(2000)}end` },
      [],
    );
    expect(answer).toMatchObject({
      logs: expect.stringMatching(/^….*end$/),
      prompt: expect.stringMatching(/^start.*…$/),
    });
  });

  it('stays within 16 KB, and keeps the short fields of what is larger', () => {
    const answer = {
      id: 'abc',
      status: 'failed',
      parts: Array.from({ length: 40 }, () => ({ text: 'word '.repeat(100) })),
    };
    expect(redact(answer, [])).toEqual({ id: 'abc', status: 'failed', shortened: true });
    expect(kept(Array.from({ length: 40 }, () => 'word '.repeat(100)))).toBe('"[too long]"');
  });

  it('ends what is nested too deeply', () => {
    expect(kept(JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`))).toContain('[too deep]');
  });

  it('takes out what a database refuses', () => {
    expect(redact({ text: 'a\0b\ud800c' }, [])).toEqual({ text: 'ab\ufffdc' });
  });

  it('makes JSON of what is none', () => {
    expect(redact({ a: undefined, b: Number.NaN, c: () => 1 }, [])).toEqual({ a: null, b: null, c: null });
  });
});
