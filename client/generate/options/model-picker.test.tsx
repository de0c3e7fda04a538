import { cleanup, render } from '@solidjs/testing-library';
import { expect, it, onTestFinished, vi } from 'vitest';
import { showTables } from '../../i18n/language.ts';
import { german } from '../../i18n/messages-german.ts';
import { ModelPicker } from './model-picker.tsx';

it.each(['NETWORK', 'RATE_LIMITED'] as const)(
  'explains %s in the language that is chosen meanwhile',
  async (code) => {
    onTestFinished(() => {
      cleanup();
      showTables({});
    });
    const models = { status: () => 'failed', failure: () => ({ code }), of: () => [], retry() {} };
    const { container } = render(() => (
      <ModelPicker
        models={models as never}
        scene="TEXT_TO_IMAGE"
        choice={{} as never}
        onChoose={() => {}}
        onScene={() => {}}
        ref={() => {}}
      />
    ));
    const text = () => container.querySelector('[role=alert]')!.textContent;
    const english = { NETWORK: /did not load/, RATE_LIMITED: /fast/ }[code];
    await vi.waitFor(() => expect(text()).toMatch(english));
    showTables(german);
    await vi.waitFor(() => expect(text()).not.toMatch(english));
    expect(text()).not.toBe('');
  },
);
