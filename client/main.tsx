import { render } from 'solid-js/web';
import { createApi } from './api/client.ts';
import { createLazyExchange } from './app/boot/lazy-exchange.ts';
import { App } from './app/app.tsx';
import type { AuthClient } from './auth/auth-client.ts';
import type { UploadImageFile } from './generate/references/upload.ts';
import { preloadLazyParts } from './app/page.tsx';
import './styles.css';
import { afterPaint, createChunkedRender } from './app/boot/schedule.ts';
import { createLanguage } from './i18n/language.ts';
import { createTheme } from './ui/theme.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element with the id "root".');

const graphqlUrl = `${location.origin}/graphql`;
const settings = storage(() => localStorage);
const theme = createTheme(document, settings);
const language = createLanguage({ document, storage: settings, wanted: navigator.languages });

/** Loaded with the first sign-in. */
const authClient = async () =>
  (await import('./auth/auth-client.ts')).createAuthClient(`${location.origin}/api/auth`);
const unreachable = () => 'unreachable' as const;
const auth: AuthClient = {
  signUp: (credentials) => authClient().then((client) => client.signUp(credentials), unreachable),
  signIn: (credentials) => authClient().then((client) => client.signIn(credentials), unreachable),
  signOut: () => authClient().then((client) => client.signOut(), unreachable),
  request: (...request) =>
    authClient().then(
      (client) => client.request(...request),
      () => ({ problem: unreachable(), body: {} }),
    ),
};

/** Loaded with the first file. */
const upload: UploadImageFile = async (...request) =>
  (await import('./generate/references/upload.ts')).createUploadRequest(graphqlUrl)(...request);

function draw(parent: HTMLElement): void {
  const chunks = createChunkedRender(3);
  /** A fifth of the code, and not needed before the first response. */
  const loadCache = async () => {
    await chunks.drawn;
    await afterPaint();
    return (await import('./api/cache.ts')).cache;
  };
  render(
    () => (
      <App
        auth={auth}
        createApi={(options) =>
          createApi({ ...options, url: graphqlUrl, cache: createLazyExchange(loadCache) })
        }
        upload={upload}
        storage={storage(() => sessionStorage)}
        settings={settings}
        theme={theme}
        language={language}
        dueChunks={chunks.due()}
      />
    ),
    parent,
  );
  void chunks.drawn.then(afterPaint).then(preloadLazyParts);
}

// Not top-level await: lazy messages import parts of this module, and would wait for it in turn.
// A separate task: a slow phone then handles input between parsing and rendering.
void language.ready.then(() => setTimeout(() => draw(root)));

/** A browser may forbid storage altogether; then even naming it throws. */
function storage(read: () => Storage): Storage | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
