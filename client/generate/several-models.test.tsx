import { fireEvent, render, screen } from '@solidjs/testing-library';
import { expect, it, vi } from 'vitest';
import type { Refusal } from '../api/errors.ts';
import { enumOption, integerOption, modelData } from '../testing/models.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createDraft } from './draft.ts';
import { createSeveralModels } from './several-models.tsx';
import { createChoice } from './submission.ts';

const [own, two, four, few] = [
  modelData({ id: 'own', label: 'Own' }),
  modelData({ id: 'two', label: 'Two', options: [integerOption('count', 1, 1)] }),
  modelData({ id: 'four', label: 'Four', costCredits: 4 }),
  modelData({ id: 'few', label: 'Few', maxReferenceImages: 0, options: [enumOption('aspectRatio', '1:1')] }),
];
const models = {
  of: () => [own, two, four, few],
  all: () => [own, two, four, few],
  status: () => 'ready' as const,
  failure: () => undefined,
  retry() {},
};

interface Sent {
  model: string;
  options: { count: number };
}

/** `answers` are the refusals of models; the others accept. */
async function open(answers: Record<string, Refusal['code']> = {}, references = 0) {
  const { client } = createScriptedApi();
  const sent: { input: Sent; key: string; costCredits: number | undefined }[] = [];
  const toasts = createToasts();
  let draft!: ReturnType<typeof createDraft>;
  let several!: ReturnType<typeof createSeveralModels>;
  render(() => {
    draft = createDraft(undefined);
    draft.change({ modelId: 'own', prompt: 'Sea' });
    several = createSeveralModels({
      client,
      draft,
      models,
      chosen: createChoice(draft, models),
      ownCost: () => 2,
      submission: {
        sources: () => Array.from({ length: references }, () => ({}) as never),
        dispatch: vi.fn(async (input, { costCredits }, key) => {
          sent.push({ input, key, costCredits });
          const code = answers[input.model];
          return code && { code };
        }),
      },
      toasts,
    });
    return several.view();
  });
  await settled();
  const tick = (name: string) => fireEvent.click(screen.getByLabelText(new RegExp(`^${name}`)));
  const input = { model: 'own', prompt: 'Sea', scene: 'TEXT_TO_IMAGE' as const, options: { count: 1 } };
  const press = async (key: string, refusal?: Refusal) => {
    several.send(input, key, Promise.resolve(refusal));
    await settled();
  };
  return { several, sent, toasts, draft, tick, press };
}

it('adds up what the press costs, and sends a request with a key of its own to each model', async () => {
  const { several, sent, toasts, tick, press } = await open();
  expect(several.total(2)).toBe(2);
  tick('Two');
  tick('Four');
  expect(several.total(2)).toBe(8);
  expect(several.total(undefined)).toBeUndefined();
  screen.getByText('3 models: 2 + 2 + 4 = 8 credits');
  await press('press-1');
  expect(sent.map(({ input, costCredits }) => [input.model, costCredits])).toEqual([
    ['two', 2],
    ['four', 4],
  ]);
  expect(new Set(['press-1', ...sent.map(({ key }) => key)]).size).toBe(3);
  expect(toasts.list()).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: 'One model only' }));
  await press('press-2');
  expect(sent).toHaveLength(2);
});

it('says which models have the request and which have not, and sends the rest under the same keys', async () => {
  const answers: Record<string, Refusal['code']> = { two: 'TOO_MANY_ACTIVE_TASKS', four: 'NETWORK' };
  const { sent, toasts, tick, press } = await open(answers);
  tick('Two');
  tick('Four');
  await press('press-1');
  const [toast] = toasts.list();
  expect(toast?.text).toBe(
    'Accepted: Own. Not accepted, and not charged: Two. ' +
      'No answer from the server: Four. Sending the rest charges nothing twice.',
  );
  delete answers['two'];
  delete answers['four'];
  toast?.action?.run();
  await settled();
  expect(sent.slice(2).map(({ input, key }) => [input.model, key])).toEqual(
    sent.slice(0, 2).map(({ input, key }) => [input.model, key]),
  );
  expect(toasts.list()).toEqual([]);
});

it('unticks what was accepted where the chosen model was refused, and leaves a whole refusal to the form', async () => {
  const { several, toasts, tick, press } = await open();
  tick('Two');
  await press('press-1', { code: 'RATE_LIMITED' });
  expect(toasts.list()[0]?.text).toBe('Accepted: Two. Not accepted, and not charged: Own.');
  expect(several.total(2)).toBe(2);

  const other = await open({ two: 'INSUFFICIENT_CREDITS' });
  fireEvent.click(screen.getAllByLabelText(/^Two/).at(-1)!);
  await other.press('press-1', { code: 'INSUFFICIENT_CREDITS' });
  expect(other.toasts.list()).toEqual([]);
});

it('says what a model does not do, and keeps one out that cannot', async () => {
  const { sent, draft, press } = await open({}, 1);
  draft.change({ count: 3, aspectRatio: '16:9' });
  const label = (name: string) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^${name}`));
  expect(label('Few').disabled).toBe(true);
  expect(label('Few').closest('label')?.textContent).toContain('takes up to 0 images');
  expect(label('Two').closest('label')?.textContent).toContain('makes 1 image · without Shape');
  fireEvent.click(label('Two'));
  await press('press-1');
  expect(sent[0]?.input.options).toEqual({ count: 1 });
});
