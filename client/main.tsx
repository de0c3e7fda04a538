import { render } from 'solid-js/web';
import { createApi } from './api/client.ts';
import { App } from './app.tsx';
import { createAuthClient } from './auth/auth-client.ts';
import { createUploadRequest } from './images/upload/upload-request.ts';
import { preloadLater } from './page.tsx';
import './styles.css';
import { createTheme } from './ui/theme.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element with the id "root".');

const graphqlUrl = `${location.origin}/graphql`;
const theme = createTheme(
  document,
  storage(() => localStorage),
);

render(
  () => (
    <App
      auth={createAuthClient(`${location.origin}/api/auth`)}
      createApi={(onUnauthenticated) => createApi({ url: graphqlUrl, onUnauthenticated })}
      upload={createUploadRequest(graphqlUrl)}
      storage={storage(() => sessionStorage)}
      theme={theme}
    />
  ),
  root,
);

preloadLater();

/** A browser may forbid storage altogether; then even naming it throws. */
function storage(read: () => Storage): Storage | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
