import { describe, expect, it, onTestFinished } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import type { RefusalCode } from '../api/errors.ts';
import { ErrorCode } from '../api/generated/enums.ts';
import { createScriptedServer } from '../testing/scripted-server.ts';
import { taskData } from '../testing/tasks.ts';
import { refusalMessage } from './refusals.tsx';
import { createPresses, createSender } from './send.ts';
import { createId } from '../ui/id.ts';

const input = { model: 'model-1', prompt: 'Sea', scene: 'TEXT_TO_IMAGE' } as const;
const viewer = { __typename: 'Viewer', id: 'viewer-1', credits: 12 };
const accepted = {
  generateImage: { __typename: 'GenerateImagePayload', task: taskData({ id: 'a' }), viewer },
};

function start() {
  const server = createScriptedServer();
  const api = createApi({ url: 'http://localhost/graphql', cache, fetch: server.fetch });
  onTestFinished(api.dispose);
  const { generate } = createSender(api.client);
  /** Each is a press of its own. */
  const press = (sent: Parameters<typeof generate>[0] = input) => generate(sent, createId());
  const next = async () => {
    const request = await server.next('GenerateImage');
    const { idempotencyKey, ...rest } = request.variables['input'] as Record<string, unknown>;
    return { ...request, key: idempotencyKey as string, rest };
  };
  return { generate, press, server, next };
}

describe('sending a request', () => {
  it('sends the input with a key, and answers with the task', async () => {
    const { press, next } = start();
    const sent = press();
    const request = await next();
    expect(request.rest).toEqual(input);
    expect(request.key).toMatch(/^[0-9a-f-]{36}$/);
    await request.answer(accepted);
    expect(await sent).toMatchObject({ task: { id: 'a' } });
  });

  it('uses the key of the press for each time that it is sent', async () => {
    const { generate, next } = start();
    const key = createId();
    const sent = generate(input, key);
    await (await next()).refuse('TOO_MANY_ACTIVE_TASKS');
    await sent;
    void generate(input, key);
    expect((await next()).key).toBe(key);
  });

  it('uses two keys for two presses, however fast', async () => {
    const { press, next } = start();
    void press();
    void press();
    expect((await next()).key).not.toBe((await next()).key);
  });

  it.each(['drop', 'INTERNAL'] as const)(
    'sends the same input under the same key again after %s, since it may have been accepted',
    async (fault) => {
      const { press, next } = start();
      const first = press();
      const request = await next();
      await (fault === 'drop' ? request.drop() : request.refuse(fault));
      expect(await first).toEqual({ refusal: { code: fault === 'drop' ? 'NETWORK' : fault } });
      const second = press();
      const repeated = await next();
      expect(repeated.key).toBe(request.key);
      await repeated.answer(accepted);
      await second;
      void press();
      expect((await next()).key).not.toBe(request.key);
    },
  );

  it('uses a new key for another input', async () => {
    const { press, next } = start();
    const first = press();
    const request = await next();
    await request.drop();
    await first;
    void press({ ...input, prompt: 'Lake' });
    expect((await next()).key).not.toBe(request.key);
  });

  it('uses a new key where the server has refused: nothing was accepted', async () => {
    const { press, next } = start();
    const first = press();
    const request = await next();
    await request.refuse('RATE_LIMITED', { retryAfter: 20 });
    expect(await first).toEqual({ refusal: { code: 'RATE_LIMITED', retryAfterSeconds: 20 } });
    void press();
    expect((await next()).key).not.toBe(request.key);
  });

  it('keeps the key where a refusal leaves open what became of the time before', async () => {
    const { press, next } = start();
    const first = press();
    const request = await next();
    await request.drop();
    await first;
    const second = press();
    await (await next()).refuse('RATE_LIMITED', { retryAfter: 20 });
    await second;
    void press();
    expect((await next()).key).toBe(request.key);
  });
});

describe('presses', () => {
  const at = (event: Event, timeStamp: number) =>
    Object.defineProperty(event, 'timeStamp', { value: timeStamp });
  const presses = createPresses();
  let isNew: boolean | undefined;
  /** Dispatches the event, and during it those that it causes, which have the time of their handling. */
  function press(event: Event, ...caused: Event[]): boolean | undefined {
    const form = document.createElement('form');
    document.body.append(form);
    form.addEventListener('submit', () => (isNew = presses.isNew('form')));
    const cause = () => caused.forEach((each) => form.dispatchEvent(each));
    form.addEventListener(event.type, cause, { once: true });
    form.dispatchEvent(event);
    form.remove();
    return isNew;
  }
  const ways: Record<string, (timeStamp: number) => boolean | undefined> = {
    'clicks the button': (timeStamp) =>
      press(at(new MouseEvent('click', { detail: 1 }), timeStamp), new Event('submit')),
    'presses Enter': (timeStamp) =>
      press(at(new KeyboardEvent('keypress'), timeStamp), new MouseEvent('click'), new Event('submit')),
  };

  it.each(Object.entries(ways))(
    'are told apart by when the user %s, however late a busy page handles it',
    (_, pressAt) => {
      presses.reset();
      expect([pressAt(1_000), pressAt(1_200), pressAt(1_800)]).toEqual([true, false, true]);
    },
  );
});

describe('the messages of a refusal', () => {
  const facts = { costCredits: 8, balanceCredits: 3, activeTasks: 4, waitSeconds: 20 };
  const say = (code: RefusalCode, field?: string) => refusalMessage({ code, ...(field && { field }) }, facts);

  it('say what is missing, what to wait for and what to change', () => {
    expect(say('INSUFFICIENT_CREDITS')).toBe('This costs 8 credits and you have 3.');
    expect(say('RATE_LIMITED')).toBe('That was fast. You can send again in 20 s.');
    expect(say('TOO_MANY_ACTIVE_TASKS')).toBe(
      '4 requests are already running. Send this one when a place is free.',
    );
    expect(say('INTERNAL')).toBe('Something broke on our side. Your prompt is safe.');
    expect(say('INVALID_INPUT', 'input.options.count')).toContain('Images');
    expect(say('INVALID_INPUT', 'providerOptions.x')).toBe(
      'The server did not accept this request. Change it, then send again.',
    );
  });

  it('claim no figures that contradict the refusal', () => {
    expect(refusalMessage({ code: 'INSUFFICIENT_CREDITS' }, { ...facts, balanceCredits: 20 })).toBe(
      'You don’t have enough credits for this.',
    );
  });

  const codes: RefusalCode[] = [...Object.values(ErrorCode), 'NETWORK'];
  it.each(codes)('explain %s in plain words, without its code', (code) => {
    expect(say(code)).toMatch(/^[A-Z0-9][^_]*\.$/);
    expect(say(code)).not.toContain(code);
  });
});
