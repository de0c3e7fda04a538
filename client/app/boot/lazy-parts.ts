/** Lazy parts of the page: loaded when they are shown, or ahead when the browser is idle. */
import { preloadForm } from '../../generate/generate-form.tsx';
import { afterPaint } from './schedule.ts';
import { lazyComponent } from '../../ui/lazy-component.ts';

export const SignInDialog = lazyComponent(() => import('../../auth/sign-in-dialog.tsx'), 'SignInDialog');
export const AccountMenu = lazyComponent(() => import('../../auth/account-menu.tsx'), 'AccountMenu');
export const PageFailure = lazyComponent(() => import('../page-failure.tsx'), 'PageFailure');
export const HistoryPage = lazyComponent(() => import('../../history/history-page.tsx'), 'HistoryPage');
export const AccountPage = lazyComponent(() => import('../../account/account-page.tsx'), 'AccountPage');
export const BottomSheet = lazyComponent(async () => {
  await afterPaint();
  return import('../../generate/bottom-sheet.tsx');
}, 'BottomSheet');

/** Preloads the lazy parts one by one, each when the browser is idle. */
export function preloadLazyParts(): void {
  const parts: (() => Promise<unknown>)[] = [
    preloadForm,
    ...[PageFailure, SignInDialog, HistoryPage, AccountPage, AccountMenu, BottomSheet].map(
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
