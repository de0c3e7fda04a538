import { type JSX, Show } from 'solid-js';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import type { GalleryItem } from '../gallery-item.ts';
import './details.css';

/** What made the picture, and what can be done with it. */
export function Details(props: { item: GalleryItem; children: JSX.Element }) {
  const task = () => props.item.task;
  return (
    <div class="lightbox-details">
      <p class="lightbox-prompt" dir="auto">
        {task().prompt}
      </p>
      <dl class="lightbox-facts">
        <Fact name={lazyMessages.lightbox.model}>{task().model.label}</Fact>
        <Fact name={lazyMessages.lightbox.size}>
          {lazyMessages.lightbox.pixels(props.item.image.width, props.item.image.height)}
        </Fact>
        <Fact name={lazyMessages.lightbox.cost}>
          {messages.credits(task().costCredits - task().refundedCredits)}
        </Fact>
        <Show when={typeof task().options['seed'] === 'number'}>
          <Fact name={messages.models.seed}>{String(task().options['seed'])}</Fact>
        </Show>
      </dl>
      <div class="lightbox-actions">{props.children}</div>
    </div>
  );
}

function Fact(props: { name: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
