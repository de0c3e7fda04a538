/** What outlives a session (draft, references, toasts), and the page of the current session. */
import { Provider } from '@urql/solid';
import { createSignal, getOwner, onCleanup, runWithOwner, Show } from 'solid-js';
import type { Api, ApiOptions } from '../api/client.ts';
import { createCrossTabSync } from '../api/cross-tab-sync.ts';
import { createReferences } from '../generate/references/references.ts';
import type { UploadImageFile } from '../generate/references/upload.ts';
import { Page } from './page.tsx';
import type { PageProps } from './pages.ts';
import { createDraft } from '../generate/draft.ts';
import { afterPaint } from './boot/schedule.ts';
import { Guarded } from '../ui/load-failure.tsx';
import { ignoreHeldEnter } from '../ui/keys.ts';
import { createRouter } from '../ui/router.ts';
import { createToasts, type Toasts } from '../ui/toasts.tsx';
import { messages } from '../i18n/messages.ts';
import { lazyAfterPaint } from './lazy-after-paint.ts';
import type { NewVersionOptions } from './new-version.ts';

const ToastRegion = lazyAfterPaint(() => import('../ui/toast-region.tsx'), 'ToastRegion');

interface AppProps extends Pick<
  PageProps,
  'auth' | 'storage' | 'settings' | 'theme' | 'language' | 'dueChunks'
> {
  createApi: (options: Pick<ApiOptions, 'onUnauthenticated' | 'tabs'>) => Api;
  upload: UploadImageFile;
}

export function App(props: AppProps) {
  const [isSignedIn, setSignedIn] = createSignal(false);
  const [unauthenticatedCount, setUnauthenticatedCount] = createSignal(0);
  const onUnauthenticated = () => setUnauthenticatedCount((count) => count + 1);
  const tabs = createCrossTabSync();
  const createApi = () => props.createApi({ onUnauthenticated, tabs });
  const [api, setApi] = createSignal(createApi());
  const references = createReferences({ upload: props.upload, canUpload: isSignedIn, onUnauthenticated });
  const toasts = createToasts();
  onCleanup(ignoreHeldEnter());
  showUnexpectedErrors(toasts);
  onCleanup(() => {
    api().dispose();
    tabs.close();
  });
  loadNewVersionCheck({
    socket: () => api().socket,
    // A reload would lose running uploads.
    isUnsafe: () => references.pending().length > 0,
    toasts,
  });

  /** The next user must not see data of the last one: drop the client with its cache. */
  const startOver = () => {
    const before = api();
    setSignedIn(false);
    references.startOver();
    setApi(createApi());
    before.dispose();
  };
  const signOut = async () => {
    if (await props.auth.signOut()) {
      toasts.show({ text: messages.auth.signOutFailed, kind: 'error' });
      return;
    }
    startOver();
    tabs.broadcast({ kind: 'session' });
    // The pressed button is gone; the focus must not fall to the body.
    document.getElementById('feed')?.focus({ preventScroll: true });
  };
  const shared = {
    draft: createDraft(props.storage),
    references,
    toasts,
    router: createRouter(),
    tabs,
    unauthenticatedCount,
    onSignedIn: setSignedIn,
    onOtherUser: startOver,
    onSignOut: () => void signOut(),
  };

  return (
    <Guarded>
      <Show when={props.dueChunks > 0 && api()} keyed>
        {(current) => (
          <Provider value={current.client}>
            <Page {...props} {...shared} api={current} />
          </Provider>
        )}
      </Show>
      <Guarded>
        <Show when={props.dueChunks > 2}>
          <ToastRegion toasts={toasts} />
        </Show>
      </Guarded>
    </Guarded>
  );
}

function showUnexpectedErrors(toasts: Toasts): void {
  const onUnexpected = (event: Event) =>
    void import('../ui/unexpected-errors.ts').then(
      ({ showUnexpectedError }) => showUnexpectedError(event, toasts),
      // If the code does not load, the page shows its own message for that.
      () => {},
    );
  for (const kind of ['error', 'unhandledrejection']) {
    window.addEventListener(kind, onUnexpected);
    onCleanup(() => window.removeEventListener(kind, onUnexpected));
  }
}

function loadNewVersionCheck(options: NewVersionOptions): void {
  const owner = getOwner();
  void afterPaint()
    .then(() => import('./new-version.ts'))
    .then(({ offerNewVersion }) => runWithOwner(owner, () => offerNewVersion(options)));
}
