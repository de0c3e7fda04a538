import { createSelector, For } from 'solid-js';
import { onPress } from './keys.ts';

/** A tab list with one tab stop; arrows, Home and End move and select. All tabs rule the one panel `panelId`. */
export function Tabs<Value extends string>(props: {
  label: string;
  tabs: readonly { value: Value; label: string }[];
  value: Value;
  panelId: string;
  onChange: (value: Value) => void;
}) {
  const isSelected = createSelector(() => props.value);
  const elements = new Map<Value, HTMLButtonElement>();

  const onKeyDown = onPress((event) => {
    const last = props.tabs.length - 1;
    const at = props.tabs.findIndex((tab) => tab.value === props.value);
    const moves: Record<string, number> = {
      ArrowLeft: at === 0 ? last : at - 1,
      ArrowRight: at === last ? 0 : at + 1,
      Home: 0,
      End: last,
    };
    const tab = props.tabs[moves[event.key] ?? -1];
    if (!tab) return false;
    props.onChange(tab.value);
    elements.get(tab.value)?.focus();
    return true;
  });

  return (
    <div class="tabs" role="tablist" aria-label={props.label}>
      <For each={props.tabs}>
        {(tab) => (
          <button
            type="button"
            role="tab"
            class="tab"
            id={tabId(props.panelId, tab.value)}
            aria-selected={isSelected(tab.value)}
            aria-controls={props.panelId}
            tabIndex={isSelected(tab.value) ? 0 : -1}
            ref={(element) => elements.set(tab.value, element)}
            onClick={() => props.onChange(tab.value)}
            onKeyDown={onKeyDown}
          >
            {tab.label}
          </button>
        )}
      </For>
    </div>
  );
}

/** The id of a tab, for the `aria-labelledby` of its panel. */
export function tabId(panelId: string, value: string): string {
  return `${panelId}-${value}`;
}
