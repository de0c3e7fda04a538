import { createRoot, createSignal } from 'solid-js';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Refusal } from '../api/errors.ts';
import type { Reference } from './references/references.ts';
import type { Models } from './options/models.ts';
import { modelData } from '../testing/models.ts';
import { settled } from '../testing/scripted-server.ts';
import { taskData } from '../testing/tasks.ts';
import { createChoice, createSubmission } from './submission.ts';
import { createDraft } from './draft.ts';
import type { SendResult } from './send.ts';

const fast = modelData({ id: 'fast', label: 'Lumen Turbo' });
const edit = modelData({ id: 'edit', label: 'Lumen Edit' });
const all = [fast, edit];

const reference = (state: Reference['state']): Reference => ({
  id: 'r',
  name: 'cliff.png',
  byteSize: 1,
  previewUrl: undefined,
  size: { width: 30, height: 20 },
  state,
});

function start(
  setup: { isSignedIn?: boolean; balance?: number; models?: 'loading'; isVisitor?: () => boolean } = {},
) {
  const [status, setStatus] = createSignal<ReturnType<Models['status']>>(setup.models ?? 'ready');
  const models: Models = {
    status,
    of: (scene) =>
      status() === 'ready' ? all.filter((model) => scene === 'TEXT_TO_IMAGE' || model === edit) : [],
    all: () => (status() === 'ready' ? all : []),
    failure: () => undefined,
    retry: () => {},
  };
  const answers: { input: Record<string, unknown>; key: string; answer: (result: SendResult) => void }[] = [];
  let nowMs = 0;
  const [isSignedIn, setSignedIn] = createSignal(setup.isSignedIn ?? true);
  const [activeTasks, setActiveTasks] = createSignal(1);
  const [balance, setBalance] = createSignal<number | undefined>(setup.balance ?? 20);
  const [items, setItems] = createSignal<readonly Reference[]>([]);
  const send = (input: Record<string, unknown>, key: string) =>
    new Promise<SendResult>((resolve) => answers.push({ input, key, answer: resolve }));
  const onSignInNeeded = vi.fn();
  const onUncertain = vi.fn();
  const accepted: string[] = [];
  const parts = createRoot((dispose) => {
    onTestFinished(dispose);
    const draft = createDraft(undefined);
    const chosen = createChoice(draft, models);
    const submission = createSubmission(chosen, {
      draft,
      references: {
        get items() {
          return items();
        },
        pending: () => items().filter(({ state }) => state.kind === 'uploading'),
      } as never,
      sender: { generate: send as never },
      cost: () => 2,
      balance,
      activeTasks,
      isSignedIn,
      isVisitor: setup.isVisitor ?? (() => !isSignedIn()),
      isOnline: () => true,
      onSignInNeeded,
      onSent: () => {},
      onAccepted: (task) => accepted.push(task.id),
      onUncertain,
      now: () => nowMs,
    });
    return { draft, submission };
  });
  return {
    ...parts,
    answers,
    setStatus,
    setActiveTasks,
    setSignedIn,
    setBalance,
    setItems,
    onSignInNeeded,
    onUncertain,
    accepted,
    /** Lets time go by between two presses. */
    wait: (ms = 1_000) => (nowMs += ms),
  };
}

describe('composing a request', () => {
  it('explains what is missing once Generate is pressed, and stops when it is put right', () => {
    const { submission, draft, answers } = start();
    expect(submission.problem()).toBeUndefined();
    expect(submission.submit()).toMatchObject({ field: 'prompt' });
    expect(submission.problem()).toMatchObject({ field: 'prompt' });
    draft.change({ prompt: 'Sea' });
    expect(submission.problem()).toBeUndefined();
    expect(answers).toEqual([]);
  });

  it('sends a request that was made before the models were there once they are, or says that there are none', () => {
    const { submission, draft, answers, setStatus, wait } = start({ models: 'loading' });
    expect(submission.submit()).toMatchObject({ field: 'prompt' });
    draft.change({ prompt: 'Sea' });
    expect(submission.submit()).toBeUndefined();
    expect([submission.problem(), answers]).toEqual([undefined, []]);
    setStatus('failed');
    expect(submission.problem()).toMatchObject({ field: 'model' });
    setStatus('loading');
    wait();
    submission.submit();
    setStatus('ready');
    expect(answers.map(({ input }) => input)).toMatchObject([{ model: 'fast', prompt: 'Sea' }]);
  });

  it('does not open the sign-in before the session has loaded', () => {
    const [isVisitor, setVisitor] = createSignal(false);
    const { submission, draft, answers, onSignInNeeded, setSignedIn } = start({
      isSignedIn: false,
      isVisitor,
    });
    draft.change({ prompt: 'Sea' });
    submission.submit();
    expect(onSignInNeeded).not.toHaveBeenCalled();
    setVisitor(true);
    expect(onSignInNeeded).toHaveBeenCalledOnce();
    setVisitor(false);
    setSignedIn(true);
    expect(answers).toHaveLength(1);
  });

  it('sends the request, which is in the feed at once and goes when it was accepted', async () => {
    const { submission, draft, answers, accepted } = start();
    draft.change({ prompt: '  Sea ', count: 3, aspectRatio: '16:9' });
    expect(submission.submit()).toBeUndefined();
    expect(submission.optimisticRequests()).toMatchObject([
      { prompt: 'Sea', count: 3, ratio: 16 / 9, costCredits: 2 },
    ]);
    expect(answers[0]?.input).toEqual({
      model: 'fast',
      prompt: 'Sea',
      scene: 'TEXT_TO_IMAGE',
      options: { count: 3, aspectRatio: '16:9' },
      referenceImages: [],
    });
    answers[0]?.answer({ task: taskData({ id: 'a' }) });
    await settled();
    expect(accepted).toEqual(['a']);
    expect(submission.optimisticRequests()).toEqual([]);
    expect(draft.content.prompt).toBe('  Sea ');
  });

  it('sends again while a request is on its way: two presses are two requests', () => {
    const { submission, draft, answers, wait } = start();
    draft.change({ prompt: 'Sea' });
    submission.submit();
    wait(500);
    submission.submit();
    expect(answers).toHaveLength(2);
    expect(submission.optimisticRequests()).toHaveLength(2);
    expect(answers[0]?.key).not.toBe(answers[1]?.key);
  });

  it('takes the same form within half a second for the same press, and a changed one for another', () => {
    const { submission, draft, answers, wait } = start();
    draft.change({ prompt: 'Sea' });
    for (let press = 0; press < 5; press++) {
      submission.submit();
      wait(200);
    }
    expect(answers).toHaveLength(1);
    draft.change({ prompt: 'Lake' });
    submission.submit();
    expect(answers).toHaveLength(2);
  });

  it('explains again what is missing, however soon it is pressed again', () => {
    const { submission } = start();
    submission.submit();
    expect(submission.submit()).toMatchObject({ field: 'prompt' });
  });

  it('sends what a press waited for under the key of that press', async () => {
    const { submission, draft, answers, setActiveTasks } = start();
    draft.change({ prompt: 'Sea' });
    submission.submit();
    answers[0]?.answer({ refusal: { code: 'TOO_MANY_ACTIVE_TASKS' } });
    await settled();
    setActiveTasks(0);
    expect(answers.map(({ key }) => key)).toEqual([answers[0]?.key, answers[0]?.key]);
  });

  it('waits for uploads and is then sent automatically, with every picture', () => {
    const { submission, draft, answers, setItems } = start();
    draft.change({ prompt: 'Sea', scene: 'IMAGE_TO_IMAGE' });
    setItems([reference({ kind: 'uploaded', imageId: 'one' }), reference({ kind: 'uploading', percent: 3 })]);
    submission.submit();
    expect(submission.waitingFor()).toBe(1);
    expect(answers).toEqual([]);
    setItems([
      reference({ kind: 'uploaded', imageId: 'one' }),
      reference({ kind: 'uploaded', imageId: 'two' }),
    ]);
    expect(submission.waitingFor()).toBe(0);
    expect(answers.map(({ input }) => input['referenceImages'])).toEqual([['one', 'two']]);
  });

  it('never sends without a picture that did not upload', () => {
    const { submission, draft, answers, setItems } = start();
    draft.change({ prompt: 'Sea', scene: 'IMAGE_TO_IMAGE' });
    setItems([reference({ kind: 'uploading', percent: 3 })]);
    submission.submit();
    setItems([reference({ kind: 'failed' })]);
    expect(answers).toEqual([]);
    expect(submission.problem()?.text).toBe('cliff.png did not upload.');
  });

  it('stops waiting on request', () => {
    const { submission, draft, answers, setItems } = start();
    draft.change({ prompt: 'Sea', scene: 'IMAGE_TO_IMAGE' });
    setItems([reference({ kind: 'uploading', percent: 3 })]);
    submission.submit();
    submission.stopWaiting();
    setItems([reference({ kind: 'uploaded', imageId: 'one' })]);
    expect(answers).toEqual([]);
  });

  it('asks a visitor to sign in, and is sent automatically once the balance is known', () => {
    const { submission, draft, answers, onSignInNeeded, setSignedIn, setBalance } = start({
      isSignedIn: false,
    });
    setBalance(undefined);
    draft.change({ prompt: 'Sea' });
    submission.submit();
    expect(onSignInNeeded).toHaveBeenCalledOnce();
    expect(submission.isWaitingForSignIn()).toBe(true);
    setSignedIn(true);
    expect(answers).toEqual([]);
    setBalance(20);
    expect(answers).toHaveLength(1);
  });

  it('does not send after a sign-in what the balance does not reach', () => {
    const { submission, draft, answers, setSignedIn, setBalance } = start({ isSignedIn: false });
    setBalance(undefined);
    draft.change({ prompt: 'Sea' });
    submission.submit();
    setBalance(1);
    setSignedIn(true);
    expect(answers).toEqual([]);
    expect(submission.problem()?.text).toBe('This costs 2 credits and you have 1.');
  });

  it('sends nothing of references from text alone', () => {
    const { submission, draft, answers, setItems } = start();
    draft.change({ prompt: 'Sea' });
    setItems([reference({ kind: 'uploading', percent: 3 })]);
    submission.submit();
    expect(answers[0]?.input['referenceImages']).toEqual([]);
  });

  it('replaces a model that does not fit the scene, and brings it back', () => {
    const { submission, draft } = start();
    draft.change({ modelId: 'fast', scene: 'IMAGE_TO_IMAGE' });
    expect(submission.choice()).toMatchObject({ model: { id: 'edit' }, replaced: { id: 'fast' } });
    draft.change({ scene: 'TEXT_TO_IMAGE' });
    expect(submission.choice()).toMatchObject({ model: { id: 'fast' }, replaced: undefined });
  });
});

describe('a refused request', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function refused(refusal: Refusal) {
    const parts = start();
    parts.draft.change({ prompt: 'Sea' });
    parts.submission.submit();
    parts.answers[0]?.answer({ refusal });
    await vi.waitFor(() => expect(parts.submission.refusal()).toBeDefined());
    expect(parts.submission.optimisticRequests()).toEqual([]);
    return parts;
  }

  it('is explained until Generate is pressed again', async () => {
    const { submission } = await refused({ code: 'FORBIDDEN' });
    expect(submission.refusal()).toBe('This account can’t do that.');
    submission.submit();
    expect(submission.refusal()).toBeUndefined();
  });

  it('is sent automatically when one of too many requests has ended, unless the wait is stopped', async () => {
    const { submission, answers, setActiveTasks } = await refused({ code: 'TOO_MANY_ACTIVE_TASKS' });
    expect(submission.refusal()).toBe('1 request is already running. This one starts when a place is free.');
    expect(submission.isWaitingForPlace()).toBe(true);
    setActiveTasks(0);
    expect(answers).toHaveLength(2);
    expect(submission.isWaitingForPlace()).toBe(false);
    setActiveTasks(1);
    answers[1]?.answer({ refusal: { code: 'TOO_MANY_ACTIVE_TASKS' } });
    await settled();
    submission.stopWaiting();
    expect(submission.refusal()).toBeUndefined();
    setActiveTasks(0);
    expect(answers).toHaveLength(2);
  });

  it('is not sent again while the server wants a pause', async () => {
    vi.useFakeTimers();
    const { submission, answers } = await refused({ code: 'RATE_LIMITED', retryAfterSeconds: 2 });
    expect(submission.submit()).toEqual({
      field: 'send',
      text: 'That was fast. You can send again in 2 s.',
    });
    expect([answers.length, submission.waitSeconds()]).toEqual([1, 2]);
    vi.advanceTimersByTime(2_000);
    expect(submission.submit()).toBeUndefined();
    expect(answers).toHaveLength(2);
  });

  it.each(['NETWORK', 'INTERNAL', 'INSUFFICIENT_CREDITS'] as const)(
    'has the truth fetched after %s',
    async (code) => {
      const { onUncertain } = await refused({ code });
      expect(onUncertain).toHaveBeenCalledOnce();
    },
  );

  it('counts down until it can be sent again', async () => {
    vi.useFakeTimers();
    const { submission } = await refused({ code: 'RATE_LIMITED', retryAfterSeconds: 2 });
    expect(submission.refusal()).toBe('That was fast. You can send again in 2 s.');
    vi.advanceTimersByTime(1_000);
    expect(submission.refusal()).toBe('That was fast. You can send again in 1 s.');
    vi.advanceTimersByTime(5_000);
    expect(submission.refusal()).toBe('You can send again now.');
  });
});

describe('a press of another button', () => {
  it('begins once within half a second, and asks a visitor to sign in', () => {
    const { submission, wait, setSignedIn, onSignInNeeded } = start();
    expect([submission.begin('retry a'), submission.begin('retry a')]).toEqual([true, false]);
    wait();
    expect(submission.begin('retry a')).toBe(true);
    wait();
    setSignedIn(false);
    expect(submission.begin('retry a')).toBe(false);
    expect(onSignInNeeded).toHaveBeenCalledOnce();
  });
});

describe('the task that the form was filled from', () => {
  const press = () => {
    const started = start();
    started.draft.change({ prompt: 'Sea', parentId: 'a' });
    started.submission.submit();
    return started;
  };

  it('is sent with the request', () => {
    const { answers } = press();
    expect(answers[0]?.input).toMatchObject({ prompt: 'Sea', parent: 'a' });
  });

  it('is left out where it has been deleted; what is edited meanwhile is not sent', async () => {
    const { answers, draft, submission, accepted } = press();
    draft.change({ prompt: 'Something else', count: 4 });
    answers[0]?.answer({ refusal: { code: 'NOT_FOUND', field: 'parent' } });
    await settled();
    expect(answers).toHaveLength(2);
    const { parent: _, ...same } = answers[0]!.input;
    expect(answers[1]).toMatchObject({ input: same, key: answers[0]?.key });
    expect(answers[1]?.input).not.toHaveProperty('parent');
    expect(draft.content).toMatchObject({ prompt: 'Something else', parentId: '' });
    answers[1]?.answer({ task: taskData({ id: 'new' }) });
    await settled();
    expect(accepted).toEqual(['new']);
    expect(submission.refusal()).toBeUndefined();
    expect(answers).toHaveLength(2);
  });
});
