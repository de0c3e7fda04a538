/** Lazy parts of the page: loaded when they are shown, or ahead when the browser is idle. */
import { preloadForm } from '../generate/generate-form.tsx';
import { lazyComponent } from '../ui/lazy-component.ts';
import { afterPaint, runWhenIdle } from './boot/schedule.ts';
import { lazyPages } from './pages.ts';

export const SignInDialog = lazyComponent(() => import('../auth/sign-in-dialog.tsx'), 'SignInDialog');
export const AccountMenu = lazyComponent(() => import('../auth/account-menu.tsx'), 'AccountMenu');
export const PageFailure = lazyComponent(() => import('./page-failure.tsx'), 'PageFailure');
export const BottomSheet = lazyComponent(async () => {
  await afterPaint();
  return import('../generate/bottom-sheet.tsx');
}, 'BottomSheet');

/** Preloads the lazy parts one by one, each when the browser is idle. */
export function preloadLazyParts(): void {
  const parts = [PageFailure, SignInDialog, ...Object.values(lazyPages), AccountMenu, BottomSheet];
  runWhenIdle([preloadForm, ...parts.map((part) => () => part.preload())]);
}
