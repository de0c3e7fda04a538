/**
 * The pages of the client, by their route. The top bar, the title, the preloading and the build's `routes.json`, by
 * which the server answers any other address with 404, follow from these entries. Only types and plain modules are
 * imported here, as the build loads this file in Node.
 */
import { createComponent, type JSX } from 'solid-js';
import type { Api } from '../api/client.ts';
import type { LanguageChoice } from '../i18n/language.ts';
import type { messages } from '../i18n/messages.ts';
import { lazyComponent } from '../ui/lazy-component.ts';
import type { Theme } from '../ui/theme.ts';
import type { Toasts } from '../ui/toasts.tsx';
import type { Workspace } from './workspace.ts';

/** What a page may use. */
export interface PageContext {
  workspace: Workspace;
  api: Api;
  toasts: Toasts;
  /** Storage of this browser. */
  settings: Storage | undefined;
  theme: Theme;
  language: LanguageChoice;
  onLanguageFailed: () => void;
  onSignOut: () => void;
}

interface Page {
  /** The key of its name in `messages.pages`, for its title and its link. */
  name: Exclude<keyof typeof messages.pages, 'label' | 'title' | 'none'>;
  /** Whether the top bar links to it. */
  isInTopBar: boolean;
}

interface LazyPage extends Page {
  preload(): Promise<unknown>;
  view(context: PageContext): JSX.Element;
}

const HistoryPage = lazyComponent(() => import('../history/history-page.tsx'), 'HistoryPage');
const AccountPage = lazyComponent(() => import('../account/account-page.tsx'), 'AccountPage');

export const lazyPages: Readonly<Record<string, LazyPage>> = {
  '/history': {
    name: 'history',
    isInTopBar: true,
    preload: HistoryPage.preload,
    view: ({ workspace, api, toasts }) =>
      createComponent(HistoryPage, {
        client: api.client,
        router: workspace.router,
        feed: workspace.feed,
        favorites: workspace.favorites,
        get models() {
          return workspace.models.all();
        },
        viewerId: workspace.session.viewerId,
        get isVisitor() {
          return workspace.session.viewer() === null;
        },
        changes: workspace.changes,
        toasts,
        onRefresh: workspace.refreshTask,
        onUse: workspace.form.dropzone.addImage,
        onRemix: workspace.form.prefill.remix,
        onDelete: workspace.actions.remove,
        onSignIn: workspace.openSignIn,
      }),
  },
  '/account': {
    name: 'account',
    isInTopBar: false,
    preload: AccountPage.preload,
    view: ({ workspace, api, settings, theme, language, onLanguageFailed, onSignOut }) =>
      createComponent(AccountPage, {
        client: api.client,
        get viewer() {
          return workspace.session.viewer();
        },
        get creditTerms() {
          return workspace.creditTerms();
        },
        theme,
        language,
        settings,
        onLanguageFailed,
        onSignIn: workspace.openSignIn,
        onSignOut,
      }),
  },
};

/** All pages. The first one is part of the first load: `page.tsx` shows it. */
export const pages: Readonly<Record<string, Page>> = {
  '/': { name: 'create', isInTopBar: true },
  ...lazyPages,
};
