/**
 * The address as state: three pages need a path, a query and scroll positions, not a library. Links stay plain links:
 * a click without modifier keys is handled here, everything else by the browser.
 */
import { batch, createMemo, createSignal, onCleanup } from 'solid-js';

export type Router = ReturnType<typeof createRouter>;

/** Listens until its owner ends. */
export function createRouter() {
  const [address, setAddress] = createSignal(location.pathname + location.search);
  const url = createMemo(() => new URL(address(), location.origin));
  /** The path without a slash at its end: `/`, `/history`. */
  const path = createMemo(() => url().pathname.replace(/(.)\/+$/, '$1'));
  /** Where each path was left; Back shows it there again. */
  const places = new Map<string, number>();
  const stop = new AbortController();
  const { signal } = stop;
  onCleanup(() => stop.abort());

  const read = () => batch(() => setAddress(location.pathname + location.search));
  const savePlace = () => places.set(path(), window.scrollY);
  window.addEventListener('scroll', savePlace, { passive: true, signal });
  const onPopState = () => {
    const before = path();
    const place = places.get(new URL(location.href).pathname) ?? 0;
    read();
    // The browser puts its own place right after this event, measured on the page that was there before.
    if (path() !== before) requestAnimationFrame(() => window.scrollTo(0, place));
  };
  window.addEventListener('popstate', onPopState, { signal });

  /** Goes to an address of this page: a new entry in the browser's history, shown from its top. */
  const go = (to: string) => {
    const before = path();
    // The scroll event comes with the next frame, after the page has changed.
    savePlace();
    pushAddress(to, null);
    read();
    if (path() !== before) window.scrollTo(0, 0);
  };
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[data-route]');
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  document.addEventListener('click', onClick, { signal });

  return {
    path,
    /** One value of the query; undefined where it is absent or empty. */
    parameter: (name: string) => url().searchParams.get(name) || undefined,
    go,
    /** Changes the query of the current entry; undefined removes a parameter. */
    change(parameters: Query) {
      replaceAddress(addressWith(parameters));
      read();
    },
  };
}

type Query = Readonly<Record<string, string | undefined>>;

/** The current address with changes to its query; undefined removes a parameter. */
export function addressWith(parameters: Query): string {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url.pathname + url.search;
}

/** Adds an entry to the browser's history; what shows the address has to read it again. */
export function pushAddress(address: string, state: object | null): void {
  history.pushState(state, '', address);
}

/** Changes the address of the entry that is shown, and keeps its state. */
export function replaceAddress(address: string): void {
  history.replaceState(history.state, '', address);
}
