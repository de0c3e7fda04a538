import { createRoot, createSignal } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPromptHistory } from './prompt-history.ts';

function start(prompts: string[]) {
  const [sent, setSent] = createSignal(prompts);
  const history = createRoot((dispose) => {
    onTestFinished(dispose);
    return createPromptHistory(sent);
  });
  let text = '';
  return {
    history,
    setSent,
    write: (next: string) => (text = next),
    older: () => (text = history.older(text) ?? text),
    newer: () => (text = history.newer(text) ?? text),
  };
}

describe('the history of prompts', () => {
  it('has each prompt once, the newest first', () => {
    expect(start(['sea', 'hill', ' sea ', '', 'tree']).history.prompts()).toEqual(['sea', 'hill', 'tree']);
  });

  it('goes back step by step, stays at the oldest, and comes back to what was being written', () => {
    const { older, newer, write } = start(['sea', 'hill']);
    write('dra');
    expect([older(), older(), older()]).toEqual(['sea', 'hill', 'hill']);
    expect([newer(), newer(), newer()]).toEqual(['sea', 'dra', 'dra']);
  });

  it('skips what stands there already', () => {
    const { older, newer, write } = start(['sea', 'hill']);
    write('sea');
    expect([older(), newer()]).toEqual(['hill', 'sea']);
  });

  it('takes an earlier prompt that was changed for a text of its own', () => {
    const { older, newer, write } = start(['sea', 'hill']);
    older();
    write('sea at night');
    expect([newer(), older(), newer()]).toEqual(['sea at night', 'sea', 'sea at night']);
  });

  it('keeps its place when a new request comes on top', () => {
    const { older, newer, setSent } = start(['sea', 'hill']);
    older();
    setSent(['tree', 'sea', 'hill']);
    expect([older(), newer(), newer()]).toEqual(['hill', 'sea', 'tree']);
  });

  it('has what was not sent where it belongs in time, and the newest of it first', () => {
    const { history, setSent } = start(['sea']);
    for (const text of ['draft', ' ', 'later draft']) history.keep(text);
    expect(history.prompts()).toEqual(['later draft', 'draft', 'sea']);
    setSent(['tree', 'sea']);
    expect(history.prompts()).toEqual(['tree', 'later draft', 'draft', 'sea']);
  });

  it('keeps what was being written when an earlier prompt is changed in its place', () => {
    const { history, older, write } = start(['sea', 'hill']);
    write('dra');
    history.leave('dra');
    expect(history.prompts()).toEqual(['sea', 'hill']);
    history.leave(older());
    expect(history.prompts()).toEqual(['dra', 'sea', 'hill']);
  });

  it('has nothing to give where nothing was sent', () => {
    const { history } = start([]);
    expect([history.older('dra'), history.newer('dra'), history.place('dra')]).toEqual([
      undefined,
      undefined,
      0,
    ]);
  });
});
