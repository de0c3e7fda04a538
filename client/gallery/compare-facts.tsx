import { For, Show } from 'solid-js';
import type { GalleryItem } from './image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** What a picture was made with; only its letter where names are hidden. */
export function CompareFacts(props: { item: GalleryItem; letter: string | undefined }) {
  return (
    <Show
      when={props.letter === undefined}
      fallback={<strong class="compare-code code">{props.letter}</strong>}
    >
      <strong class="compare-code code">{props.item.code}</strong>
      <span>{props.item.task.model.label}</span>
      <span class="compare-facts code">
        <For each={factsOf(props.item)}>{(fact) => <span>{fact}</span>}</For>
      </span>
    </Show>
  );
}

function factsOf({ task, image }: GalleryItem): string[] {
  const { startedAt, completedAt, costCredits, refundedCredits, options } = task;
  const texts = lazyMessages.lightbox;
  const seed = options['seed'];
  return [
    texts.pixels(image.width, image.height),
    ...(typeof seed === 'number' ? [`${messages.models.optionLabels.seed} ${seed}`] : []),
    ...(startedAt && completedAt
      ? [messages.format.seconds(Date.parse(completedAt) - Date.parse(startedAt))]
      : []),
    texts.spent(costCredits - refundedCredits, refundedCredits),
  ];
}
