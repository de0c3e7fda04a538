/** The service worker, a script of its own. The build writes into it what belongs to the page. */
import { type Build, createShell } from './shell.ts';

interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** As much of `ServiceWorkerGlobalScope` as is used here: its types exclude those of a page. */
interface WorkerScope {
  skipWaiting(): Promise<void>;
  addEventListener(name: 'install' | 'activate', listener: (event: WaitingEvent) => void): void;
  addEventListener(name: 'fetch', listener: (event: FetchEvent) => void): void;
}

/** Replaced by the build. */
declare const BUILD: Build;

const scope = globalThis as unknown as WorkerScope;
const shell = createShell(BUILD, { caches, fetch: (...request) => fetch(...request) });

scope.addEventListener('install', (event) => {
  // Pages of the version before keep working: see `activate`.
  event.waitUntil(shell.install().then(() => scope.skipWaiting()));
});
scope.addEventListener('activate', (event) => event.waitUntil(shell.activate()));
scope.addEventListener('fetch', (event) => {
  const response = shell.respond(event.request);
  if (response) event.respondWith(response);
});
