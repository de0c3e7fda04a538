/**
 * The pages of the client, by their route. The top bar, the title, the preloading and the build's `routes.json`, by
 * which the server answers any other address with 404, follow from these entries. Only types and plain modules are
 * imported here, as the build loads this file in Node.
 */
import { createComponent, type JSX } from 'solid-js';
import type { AuthClient } from '../auth/auth-client.ts';
import type { Language, LanguageChoice } from '../i18n/language.ts';
import { messages } from '../i18n/messages.ts';
import { lazyComponent } from '../ui/lazy-component.ts';
import type { Theme } from '../ui/theme.ts';
import type { PageState, PageStateOptions } from './page-state.ts';

export interface PageProps extends PageStateOptions {
  auth: AuthClient;
  theme: Theme;
  language: LanguageChoice;
  /** How many chunks of the first render are due: the session, the top bar, the content. Later renders are whole. */
  dueChunks: number;
  onSignOut: () => void;
}

/** What a page may use. */
export interface PageContext extends PageProps {
  state: PageState;
}

interface Page {
  /** For its title, its heading and its links. */
  name: Readonly<Record<Language, string>>;
  /** Whether the top bar links to it. */
  isInTopBar: boolean;
}

interface LazyPage extends Page {
  preload(): Promise<unknown>;
  view(context: PageContext): JSX.Element;
}

const HistoryPage = lazyComponent(() => import('../history/history-page.tsx'), 'HistoryPage');
const linkPages = () => import('../auth/link-pages.tsx');
const ResetPasswordPage = lazyComponent(linkPages, 'ResetPasswordPage');
const VerifyEmailPage = lazyComponent(() => import('../auth/verify-email-page.tsx'), 'VerifyEmailPage');
const SignInFailedPage = lazyComponent(linkPages, 'SignInFailedPage');
const AccountPage = lazyComponent(() => import('../account/account-page.tsx'), 'AccountPage');

export const lazyPages: Readonly<Record<string, LazyPage>> = {
  '/history': {
    name: { en: 'History', de: 'Verlauf' },
    isInTopBar: true,
    preload: HistoryPage.preload,
    view: ({ state, api, toasts }) =>
      createComponent(HistoryPage, {
        get heading() {
          return pageName('/history');
        },
        client: api.client,
        router: state.router,
        feed: state.feed,
        favorites: state.favorites,
        get models() {
          return state.models.all();
        },
        viewerId: state.session.viewerId,
        get isVisitor() {
          return state.session.viewer() === null;
        },
        changes: state.changes,
        toasts,
        onRefresh: state.refreshTask,
        onUse: state.form.dropzone.addImage,
        onRemix: state.form.prefill.remix,
        repeats: state.form.repeats,
        actions: state.actions,
        onSignIn: state.openSignIn,
      }),
  },
  '/account': {
    name: { en: 'Account', de: 'Konto' },
    isInTopBar: false,
    preload: AccountPage.preload,
    view: ({ state, api, auth, settings, theme, language, toasts, onSignOut }) =>
      createComponent(AccountPage, {
        auth,
        onChanged: state.session.refresh,
        get heading() {
          return pageName('/account');
        },
        client: api.client,
        get viewer() {
          return state.session.viewer();
        },
        get creditTerms() {
          return state.creditTerms();
        },
        theme,
        language,
        settings,
        toasts,
        onSignIn: state.openSignIn,
        onSignOut,
      }),
  },
  '/reset-password': {
    name: { en: 'Choose a new password', de: 'Neues Passwort wählen' },
    isInTopBar: false,
    preload: ResetPasswordPage.preload,
    view: (context) => createComponent(ResetPasswordPage, linkPage('/reset-password', context)),
  },
  '/verify-email': {
    name: { en: 'Confirm your email address', de: 'E-Mail-Adresse bestätigen' },
    isInTopBar: false,
    preload: VerifyEmailPage.preload,
    view: (context) => createComponent(VerifyEmailPage, linkPage('/verify-email', context)),
  },
  '/sign-in-failed': {
    name: { en: 'The sign-in did not work', de: 'Die Anmeldung hat nicht geklappt' },
    isInTopBar: false,
    preload: SignInFailedPage.preload,
    view: (context) => createComponent(SignInFailedPage, linkPage('/sign-in-failed', context)),
  },
};

/** What a page that a mail links to needs. */
function linkPage(path: string, { state, auth }: PageContext) {
  return {
    get heading() {
      return pageName(path);
    },
    auth,
    router: state.router,
    onSignedIn: state.signedIn,
    onSignIn: state.openSignIn,
  };
}

const firstPage: Page = { name: { en: 'Create', de: 'Erstellen' }, isInTopBar: true };

/** All pages. The first one is part of the first load: `page.tsx` shows it. */
export const pages: Readonly<Record<string, Page>> = { '/': firstPage, ...lazyPages };

/** The name of the page at a path, in the language of the page; at an unknown path, that of the first page. */
export function pageName(path: string): string {
  return (pages[path] ?? firstPage).name[messages.language];
}
