import { createUniqueId, type JSX } from 'solid-js';
import type { Router } from '../ui/router.ts';
import type { AuthClient } from './auth-client.ts';
import './link-pages.css';

export interface LinkPageProps {
  heading: string;
  auth: AuthClient;
  router: Router;
  /** Called when the server has created a session. */
  onSignedIn: () => Promise<unknown>;
  onSignIn: () => void;
}

/** A form whose faults the page itself shows. */
export function LinkForm(props: { onSubmit: () => Promise<void>; children: JSX.Element }) {
  return (
    <form
      class="link-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void props.onSubmit();
      }}
    >
      {props.children}
    </form>
  );
}

/** The frame of a page to which a link leads. */
export function LinkPage(props: { heading: string; children: JSX.Element }) {
  const id = createUniqueId();
  return (
    <main class="sheet" tabIndex={-1} aria-labelledby={id}>
      <h1 id={id}>{props.heading}</h1>
      <div class="link-page">{props.children}</div>
    </main>
  );
}
