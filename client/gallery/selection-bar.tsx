import { Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import { zipName } from './downloads.ts';
import { useFrameTools } from './image-actions.ts';
import type { FrameOf } from './gallery-item.ts';
import { isUnfinished } from '../api/task.ts';
import './selection-bar.css';

/** What can be done with the frames that are chosen. */
export function SelectBar(props: { frames: readonly FrameOf[] }) {
  const { selection, marks, downloads, remove } = useFrameTools();
  const chosen = () => props.frames.filter(({ image }) => selection.has(image.id));
  const tasks = () => [...new Map(chosen().map(({ task }) => [task.id, task])).values()];
  const areAllMarked = () => chosen().every(({ image }) => marks.has(image.id));

  return (
    <section class="select-bar film" aria-label={laterWords.select.bar}>
      <p class="select-count" role="status">
        {chosen().length === 0 ? laterWords.select.hint : laterWords.select.selected(chosen().length)}
      </p>
      <Show when={chosen().length > 0}>
        <Button
          kind="film-strong"
          busy={downloads.isCollecting()}
          onClick={() => void downloads.many(chosen(), zipName(chosen()))}
        >
          <Icon name="download" />
          {laterWords.select.download(chosen().length)}
        </Button>
        <Button
          kind="film"
          onClick={() =>
            marks.set(
              chosen().map(({ image }) => image.id),
              !areAllMarked(),
            )
          }
        >
          <Icon name="pencil" />
          {areAllMarked() ? laterWords.select.unmark : laterWords.select.mark}
        </Button>
        <Button
          kind="film"
          onClick={() => {
            const ended = tasks().filter((task) => !isUnfinished(task));
            selection.end();
            remove(ended);
          }}
        >
          {laterWords.select.remove(tasks().length)}
        </Button>
      </Show>
      <Button kind="film" onClick={() => selection.end()}>
        {laterWords.select.end}
      </Button>
    </section>
  );
}
