/** Parts that the first sight of the page does not need: they come when they are shown, or when there is time. */
import { lazy } from 'solid-js';
import { preloadBench } from '../../generate/generate-form.tsx';
import { afterPaint } from './after-paint.ts';

export const SignInDialog = lazy(async () => ({
  default: (await import('../../auth/sign-in-dialog.tsx')).SignInDialog,
}));
export const AccountMenu = lazy(async () => ({
  default: (await import('../../auth/account-menu.tsx')).AccountMenu,
}));
export const PageFailure = lazy(async () => ({
  default: (await import('../page-failure.tsx')).PageFailure,
}));
export const HistoryPage = lazy(async () => ({
  default: (await import('../../history/history-page.tsx')).HistoryPage,
}));
export const AccountPage = lazy(async () => ({
  default: (await import('../../account/account-page.tsx')).AccountPage,
}));
export const Dock = lazy(async () => {
  await afterPaint();
  return { default: (await import('../../generate/bottom-sheet.tsx')).Dock };
});

/** Fetches the parts that are not needed at first, once everything that is has come, each when there is time. */
export function preloadLater(): void {
  const parts: (() => Promise<unknown>)[] = [
    preloadBench,
    ...[PageFailure, SignInDialog, HistoryPage, AccountPage, AccountMenu, Dock].map(
      (part) => () => part.preload(),
    ),
  ];
  const loadNext = async () => {
    await Promise.allSettled(parts.splice(0, 1).map((load) => load()));
    if (parts.length > 0) loadWhenIdle();
  };
  const loadWhenIdle = () =>
    'requestIdleCallback' in window
      ? requestIdleCallback(() => void loadNext())
      : setTimeout(() => void loadNext(), 500);
  if (document.readyState === 'complete') loadWhenIdle();
  else addEventListener('load', loadWhenIdle, { once: true });
}
