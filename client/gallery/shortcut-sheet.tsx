import { createUniqueId, For } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import './shortcut-sheet.css';

/** Every key of the page. */
export function ShortcutSheet(props: { onClose: () => void }) {
  const headingId = createUniqueId();
  const groups = () => {
    const { keys } = lazyMessages;
    const onPicture = [
      ['D', keys.download],
      ['R', keys.remix],
      ['U', keys.use],
      ['M', keys.mark],
    ] as const;
    return [
      {
        title: keys.anywhere,
        rows: [
          ['Ctrl ↵', keys.generate],
          ['Ctrl V', keys.paste],
          ['Alt ↑ ↓', keys.earlierPrompts],
        ],
      },
      {
        title: keys.inFeed,
        rows: [
          ['← → ↑ ↓', keys.move],
          ['Home End', keys.ends],
          ['↵', keys.open],
          ['Space', keys.select],
          ...onPicture,
          ['Del', keys.remove],
          ['/', keys.prompt],
          ['1 2', keys.scenes],
          ['?', keys.all],
        ],
      },
      {
        title: keys.inLightbox,
        rows: [['← →', keys.move], ['+ −', keys.zoom], ...onPicture, ['Esc', keys.close]],
      },
    ] as const;
  };

  return (
    <Dialog open labelledBy={headingId} onClose={props.onClose}>
      <div class="keys">
        <div class="keys-head">
          <h2 id={headingId}>{lazyMessages.keys.title}</h2>
          <Button kind="icon" label={lazyMessages.app.close} onClick={props.onClose}>
            <Icon name="close" />
          </Button>
        </div>
        <For each={groups()}>
          {(group) => (
            <>
              <h3>{group.title}</h3>
              <dl>
                <For each={group.rows}>
                  {([key, meaning]) => (
                    <div>
                      <dt>
                        <kbd>{key}</kbd>
                      </dt>
                      <dd>{meaning}</dd>
                    </div>
                  )}
                </For>
              </dl>
            </>
          )}
        </For>
      </div>
    </Dialog>
  );
}
