import { runWhenIdle } from '../app/boot/schedule.ts';

/** Registers the service worker once the page has loaded and is idle. Browsers have none for pages by http. */
export function registerServiceWorker(): void {
  const isBuilt = document.querySelector('meta[name="build"]') !== null;
  // Without a worker the page needs a connection to start, and is the same otherwise.
  if (isBuilt && 'serviceWorker' in navigator)
    runWhenIdle([() => navigator.serviceWorker.register('/service-worker.js')]);
}
