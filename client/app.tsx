/** What outlives a session (the draft, its files, the notices), and within it the page of one session. */
import { Provider } from '@urql/solid';
import { createSignal, onCleanup, Show } from 'solid-js';
import type { Api } from './api/client.ts';
import type { AuthClient } from './auth/auth-client.ts';
import { createReferences } from './images/references.ts';
import type { UploadImageFile } from './images/upload/upload-request.ts';
import { Page } from './page.tsx';
import { createDraft } from './tasks/compose/draft.ts';
import { Guarded } from './ui/guarded.tsx';
import type { Theme } from './ui/theme.ts';
import { createToasts, ToastRegion } from './ui/toasts.tsx';
import { words } from './ui/words.ts';

export interface AppProps {
  auth: AuthClient;
  createApi: (onUnauthenticated: () => void) => Api;
  upload: UploadImageFile;
  storage: Storage | undefined;
  theme: Theme;
}

export function App(props: AppProps) {
  const [isSignedIn, setSignedIn] = createSignal(false);
  const [unauthenticatedCount, setUnauthenticatedCount] = createSignal(0);
  const onUnauthenticated = () => setUnauthenticatedCount((count) => count + 1);
  const [api, setApi] = createSignal(props.createApi(onUnauthenticated));
  const draft = createDraft(props.storage);
  const references = createReferences({ upload: props.upload, canUpload: isSignedIn, onUnauthenticated });
  const toasts = createToasts();
  onCleanup(() => api().dispose());

  /** What one person saw must not be found by the next, so everything that came from the API goes. */
  const signOut = async () => {
    if (await props.auth.signOut()) {
      toasts.show({ text: words.auth.signOutFailed, kind: 'error' });
      return;
    }
    const before = api();
    setSignedIn(false);
    references.startOver();
    setApi(props.createApi(onUnauthenticated));
    before.dispose();
    // The button that was pressed is gone, and focus must not fall to the page.
    document.getElementById('feed')?.focus({ preventScroll: true });
  };

  return (
    <Guarded>
      <Show when={api()} keyed>
        {(current) => (
          <Provider value={current.client}>
            <Page
              api={current}
              auth={props.auth}
              draft={draft}
              references={references}
              toasts={toasts}
              theme={props.theme}
              unauthenticatedCount={unauthenticatedCount}
              onSignedIn={setSignedIn}
              onSignOut={() => void signOut()}
            />
          </Provider>
        )}
      </Show>
      <ToastRegion toasts={toasts} />
    </Guarded>
  );
}
