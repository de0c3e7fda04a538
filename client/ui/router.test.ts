import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRouter } from './router.ts';

function start(address: string) {
  history.replaceState(null, '', address);
  return createRoot((dispose) => {
    onTestFinished(dispose);
    return createRouter();
  });
}

/** What the browser does on Back, as far as a page observes it. */
async function back() {
  const popped = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
  history.back();
  await popped;
}

describe('the router', () => {
  const scrollTo = vi.fn<(x: number, y: number) => void>();
  beforeEach(() => {
    scrollTo.mockReset();
    window.scrollTo = scrollTo as never;
    document.body.replaceChildren();
  });

  it('reads the path without a slash at its end, and values of the query', () => {
    const router = start('/history/?search=fog&scene=');
    expect(router.path()).toBe('/history');
    expect(router.parameter('search')).toBe('fog');
    expect(router.parameter('scene')).toBeUndefined();
    expect(start('/').path()).toBe('/');
  });

  it('takes over plain clicks on its links, and leaves those with a modifier key to the browser', () => {
    const router = start('/');
    document.body.innerHTML = '<a data-route href="/history"><b>History</b></a>';
    const click = (init: MouseEventInit) => {
      const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...init });
      document.querySelector('b')?.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(click({ ctrlKey: true })).toBe(false);
    expect(router.path()).toBe('/');
    expect(click({})).toBe(true);
    expect(router.path()).toBe('/history');
    expect(scrollTo).toHaveBeenCalledWith(0, 0);
  });

  it('changes the query in place, and keeps what others put there', () => {
    const router = start('/history?frame=a&search=fog');
    const { length } = history;
    router.change({ search: undefined, scene: 'TEXT_TO_IMAGE' });
    expect(location.search).toBe('?frame=a&scene=TEXT_TO_IMAGE');
    expect(router.parameter('search')).toBeUndefined();
    expect(history.length).toBe(length);
  });

  it('goes back to where a page was left', async () => {
    const router = start('/history');
    Object.defineProperty(window, 'scrollY', { value: 640, configurable: true });
    window.dispatchEvent(new Event('scroll'));
    router.go('/account');
    await back();
    expect(router.path()).toBe('/history');
    await new Promise(requestAnimationFrame);
    expect(scrollTo).toHaveBeenLastCalledWith(0, 640);
  });

  it('goes back to where a page was left in the very moment of its last scroll', async () => {
    const router = start('/history');
    Object.defineProperty(window, 'scrollY', { value: 640, configurable: true });
    window.dispatchEvent(new Event('scroll'));
    Object.defineProperty(window, 'scrollY', { value: 900, configurable: true });
    router.go('/account');
    await back();
    await new Promise(requestAnimationFrame);
    expect(scrollTo).toHaveBeenLastCalledWith(0, 900);
  });

  it('lets the page stay where it is while only the query changes', async () => {
    start('/history');
    history.pushState(null, '', '/history?frame=a');
    await back();
    await new Promise(requestAnimationFrame);
    expect(scrollTo).not.toHaveBeenCalled();
  });
});
