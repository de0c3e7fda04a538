/** Parts that the first sight of the page does not need: they come when they are shown, or when there is time. */
import { preloadForm } from '../../generate/generate-form.tsx';
import { afterPaint } from './after-paint.ts';
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

/** Fetches the parts that are not needed at first, once everything that is has come, each when there is time. */
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
