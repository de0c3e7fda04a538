import { For, Show, Suspense } from 'solid-js';
import { type PageContext, pageName, pages } from './pages.ts';
import { type Language, type LanguageChoice, languages } from '../i18n/language.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { lazyComponent } from '../ui/lazy-component.ts';
import { liveText } from '../ui/live-text.tsx';

export const AccountMenu = lazyComponent(() => import('../auth/account-menu.tsx'), 'AccountMenu');

/** The top bar: navigation, balance, language, theme, account. */
export function TopBar(props: PageContext) {
  const viewer = () => props.state.session.viewer();
  return (
    <header class="top film">
      <a class="mark" href="/" data-route aria-label={messages.app.home}>
        <span class="mark-arrow" aria-hidden="true" />
        <span class="mark-name">{messages.app.name}</span>
      </a>
      <nav class="pages" aria-label={messages.pages.label}>
        <For each={Object.entries(pages).filter(([, page]) => page.isInTopBar)}>
          {([path]) => (
            <a
              class="page-link"
              href={path}
              data-route
              aria-current={props.state.router.path() === path ? 'page' : undefined}
            >
              {pageName(path)}
            </a>
          )}
        </For>
      </nav>
      <div class="top-end">
        <Show when={viewer()}>
          {(known) => (
            <a class="balance code" href="/account" data-route>
              <strong ref={liveText(() => String(known().credits))} /> <span>{messages.cost.balance}</span>
            </a>
          )}
        </Show>
        <Show when={viewer() === null}>
          <Button kind="film" class="sign-in-button" onClick={() => props.state.openSignIn()}>
            {messages.auth.signIn}
          </Button>
        </Show>
        <LanguageButton language={props.language} />
        <Button
          kind="icon"
          class="theme-toggle"
          label={messages.app.switchTheme}
          onClick={() => props.theme.toggle()}
        >
          <Icon name="theme" />
        </Button>
        <Show when={viewer()}>
          {(known) => (
            <Suspense fallback={<span class="button button-icon" />}>
              <AccountMenu viewer={known()} pageName={pageName('/account')} onSignOut={props.onSignOut} />
            </Suspense>
          )}
        </Show>
      </div>
    </header>
  );
}

/** Switches to the next language; labelled in that language, for users that cannot read the current one. */
export function LanguageButton(props: {
  language: LanguageChoice;
  /** Shows the name of the language in place of its code. */
  isNamed?: boolean;
}) {
  const next = (): Language => {
    const all = Object.keys(languages) as Language[];
    return all[(all.indexOf(props.language.current()) + 1) % all.length] ?? 'en';
  };
  const code = () => next().toUpperCase();
  return (
    <button
      type="button"
      class={`button language ${props.isNamed ? 'button-quiet' : 'button-icon'}`}
      lang={next()}
      title={languages[next()]}
      aria-label={props.isNamed ? undefined : `${code()}, ${languages[next()]}`}
      onClick={() => void props.language.choose(next())}
    >
      <Show when={props.isNamed} fallback={<span class="code">{code()}</span>}>
        {languages[next()]}
      </Show>
    </button>
  );
}
