import { render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { describe, expect, it } from 'vitest';
import { liveText } from './live-text.tsx';

describe('text that changes', () => {
  it('is seen although a translator has put its own elements in place of it', () => {
    const [text, setText] = createSignal('10%');
    const { container } = render(() => <p ref={liveText(text)} />);
    const translated = document.createElement('font');
    translated.textContent = '10 %';
    container.querySelector('p')?.firstChild?.replaceWith(translated);
    setText('20%');
    expect(container.textContent).toBe('20%');
  });
});
