import { createUniqueId, Show } from 'solid-js';
import { type Language, type LanguageChoice, languages } from '../i18n/language.ts';
import { Select } from '../ui/select.tsx';
import type { Theme, ThemeName } from '../ui/theme.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/** The notification setting, as a port to what the browser allows. */
export interface NotificationSwitch {
  choice: () => 'on' | 'off' | 'blocked' | 'unsupported' | 'insecure';
  turnOn: () => Promise<void>;
  turnOff: () => void;
}

const themes: readonly ThemeName[] = ['system', 'light', 'dark'];

export function Preferences(props: {
  theme: Theme;
  language: LanguageChoice;
  notifications: NotificationSwitch;
  onLanguageFailed: () => void;
}) {
  return (
    <div class="preferences">
      <Select
        label={lazyMessages.account.theme}
        value={props.theme.choice()}
        options={themes.map((value) => ({ value, label: lazyMessages.account.themes[value] }))}
        onChange={(value) => props.theme.choose(value as ThemeName)}
      />
      <Select
        label={lazyMessages.account.language}
        value={props.language.current()}
        options={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        onChange={(value) =>
          void props.language.choose(value as Language).then((isShown) => {
            if (!isShown) props.onLanguageFailed();
          })
        }
      />
      <NotificationChoice notifications={props.notifications} />
    </div>
  );
}

function NotificationChoice(props: { notifications: NotificationSwitch }) {
  const hintId = createUniqueId();
  const choice = () => props.notifications.choice();
  const whyNot = () => {
    const now = choice();
    return now === 'on' || now === 'off' ? undefined : lazyMessages.notifications[now];
  };
  const canChoose = () => choice() === 'on' || choice() === 'off';
  return (
    <div class="notification-choice">
      <label class="check">
        <input
          type="checkbox"
          checked={choice() === 'on'}
          disabled={!canChoose()}
          aria-describedby={hintId}
          onChange={(event) => {
            const input = event.currentTarget;
            if (!input.checked) return props.notifications.turnOff();
            // The browser may refuse, or its prompt may be left unanswered.
            void props.notifications.turnOn().then(() => (input.checked = choice() === 'on'));
          }}
        />
        <span>{lazyMessages.notifications.label}</span>
      </label>
      <p class="hint" id={hintId}>
        <Show when={!canChoose()} fallback={lazyMessages.notifications.hint}>
          {whyNot()}
        </Show>
      </p>
    </div>
  );
}
