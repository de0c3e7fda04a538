import { cleanup, render, screen } from '@solidjs/testing-library';
import { afterEach, describe, expect, it } from 'vitest';
import { GetCredits } from './get-credits.tsx';

const show = (creditsUrl: string | null | undefined) =>
  render(() => (
    <GetCredits terms={creditsUrl === undefined ? undefined : { signupCredits: 20, creditsUrl }} />
  )).container;

afterEach(cleanup);

describe('the way to more credits', () => {
  it('is the page of the operator', () => {
    show('https://credits.example/more');
    const link = screen.getByRole<HTMLAnchorElement>('link', { name: 'Get credits' });
    expect(link.href).toBe('https://credits.example/more');
  });

  it('is an address to ask', () => {
    show('mailto:ops@example.org?subject=Credits');
    const link = screen.getByRole<HTMLAnchorElement>('link', { name: 'Ask ops@example.org for credits.' });
    expect(link.href).toBe('mailto:ops@example.org?subject=Credits');
  });

  it('is the operator where nothing is set, and nothing is claimed before that is known', () => {
    expect(show(null).textContent).toBe('Ask the operator of this installation for more credits.');
    cleanup();
    expect(show(undefined).textContent).toBe('');
  });
});
