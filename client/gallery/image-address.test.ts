import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageAddress } from './image-address.ts';

let dispose = () => {};

function open(path: string) {
  history.replaceState(null, '', path);
  return createRoot((end) => {
    dispose = end;
    return createImageAddress();
  });
}

const back = () =>
  new Promise<void>((resolve) => {
    window.addEventListener('popstate', () => resolve(), { once: true });
    history.back();
  });

describe('the address of an image', () => {
  beforeEach(() => history.pushState(null, '', '/'));
  afterEach(() => dispose());

  it('leaves the rest of the query as it is, and Back removes it', async () => {
    const address = open('/history?search=sea');
    address.open('one');
    expect(location.search).toBe('?search=sea&frame=one');
    expect(address.imageId()).toBe('one');
    await back();
    expect(address.imageId()).toBeUndefined();
    expect(location.search).toBe('?search=sea');
  });

  it('walks through frames in one entry, so that Back closes at once', async () => {
    const address = open('/');
    address.open('one');
    address.show('two');
    address.show('three');
    await back();
    expect([location.search, address.imageId()]).toEqual(['', undefined]);
  });

  it('goes one step back when it is closed, not one further', async () => {
    const address = open('/history');
    address.open('one');
    const closed = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    address.close();
    expect(address.imageId()).toBeUndefined();
    await closed;
    expect(location.pathname + location.search).toBe('/history');
    address.close();
    expect(location.pathname).toBe('/history');
  });

  it('stays on the page where the image came with the address', () => {
    const address = open('/?frame=one');
    expect(address.imageId()).toBe('one');
    const { length } = history;
    address.close();
    expect([location.search, history.length]).toEqual(['', length]);
  });
});
