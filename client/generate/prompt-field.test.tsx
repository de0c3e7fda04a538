import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { Provider } from '@urql/solid';
import { createRoot, createSignal } from 'solid-js';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createPromptHistory } from './prompt-history.ts';
import { PromptField } from './prompt-field.tsx';
import { createScriptedApi } from '../testing/scripted-server.ts';

function show(initial = '', sent: string[] = []) {
  const [value, setValue] = createSignal(initial);
  const [problem, setProblem] = createSignal<string>();
  const { history, dispose } = createRoot((end) => ({
    history: createPromptHistory(() => sent),
    dispose: end,
  }));
  onTestFinished(dispose);
  render(() => (
    <Provider value={createScriptedApi().client}>
      <PromptField
        value={value()}
        problem={problem()}
        history={history}
        userId="u1"
        onChange={setValue}
        onReplace={(text) => {
          setValue(text);
          field.focus();
        }}
        ref={() => {}}
      />
    </Provider>
  ));
  const field = screen.getByLabelText<HTMLTextAreaElement>('Prompt');
  const type = (text: string) => fireEvent.input(field, { target: { value: text } });
  return { value, setProblem, field, type };
}

afterEach(cleanup);

describe('the prompt field', () => {
  it('counts what is used, and below a hundred what is left', () => {
    const { type } = show();
    type('  sea  ');
    expect(screen.getByText('3/2000')).toBeTruthy();
    type('a'.repeat(1901));
    expect(screen.getByText('99 characters left', { selector: '.code-danger' })).toBeTruthy();
  });

  it('describes the count to a screen reader, and speaks only at 100, 20 and 0 left', () => {
    const { type, field } = show();
    const described = field.getAttribute('aria-describedby')?.split(' ')[0] ?? '';
    type('a'.repeat(1899));
    expect(document.getElementById(described)?.textContent).toBe('1,899 of 2,000 characters used');
    const spoken = () => document.querySelector('[aria-live]')?.textContent;
    expect(spoken()).toBe('');
    type('a'.repeat(1900));
    expect(spoken()).toBe('100 characters left');
    type('a'.repeat(1950));
    expect(spoken()).toBe('100 characters left');
    type('a'.repeat(1990));
    expect(spoken()).toBe('10 characters left');
  });

  it('keeps what fits of a long paste, says how much did not, and undoes it', () => {
    const { type, field, value } = show('Sea');
    type(`Sea${'a'.repeat(2211)}`);
    expect(value()).toHaveLength(2000);
    expect(field.value).toHaveLength(2000);
    expect(screen.getByRole('alert').textContent).toContain(
      'The last 214 characters did not fit. The limit is 2,000.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(value()).toBe('Sea');
    expect(screen.getByRole('alert').textContent).toBe('');
  });

  it('walks earlier prompts with Alt and the arrow keys, and comes back to what was being written', () => {
    const { field, value } = show('dra', ['sea', 'hill']);
    const key = (name: string) => fireEvent.keyDown(field, { key: name, altKey: true });
    key('ArrowUp');
    expect(value()).toBe('sea');
    expect(document.querySelector('[aria-live]')?.textContent).toBe('Earlier prompt 1 of 2');
    key('ArrowUp');
    expect(value()).toBe('hill');
    key('ArrowDown');
    key('ArrowDown');
    expect(value()).toBe('dra');
    expect(document.querySelector('[aria-live]')?.textContent).toBe('Your own text again');
    fireEvent.keyDown(field, { key: 'ArrowUp' });
    expect(value()).toBe('dra');
  });

  it('lists earlier prompts to choose from', async () => {
    const { value, field } = show('', ['sea', 'hill']);
    fireEvent.click(screen.getByRole('button', { name: 'Earlier prompts' }));
    fireEvent.click(await screen.findByText('hill'));
    expect(value()).toBe('hill');
    expect(document.activeElement).toBe(field);
    expect(screen.queryByText('sea')).toBeNull();
  });

  it('brings back what was cleared', () => {
    const { value, type, field } = show('sea');
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(value()).toBe('');
    expect(document.activeElement).toBe(field);
    fireEvent.click(screen.getByRole('button', { name: 'Undo clear' }));
    expect(value()).toBe('sea');
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    type('hill');
    expect(screen.queryByRole('button', { name: 'Undo clear' })).toBeNull();
  });

  it('says what is missing, and marks the field', () => {
    const { setProblem, field } = show();
    expect(field.hasAttribute('aria-invalid')).toBe(false);
    setProblem('Write what you want to see first.');
    expect(screen.getByRole('alert').textContent).toBe('Write what you want to see first.');
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });
});
