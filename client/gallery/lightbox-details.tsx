import { type JSX, Show } from 'solid-js';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import './lightbox-details.css';
import { Lineage } from './lineage.tsx';
import { RepeatActions } from './repeat-actions.tsx';
import { ShareIcon } from '../sharing/share-icon.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';

/** The details of an image: prompt, model, size, cost, and its actions. */
export function Details(props: { item: GalleryItem }) {
  const { favorites, use, remix, share, downloads } = useImageActions();
  const task = () => props.item.task;
  const image = () => props.item.image;
  return (
    <div class="lightbox-details">
      <p class="lightbox-prompt" dir="auto">
        {task().prompt}
      </p>
      <dl class="lightbox-facts">
        <Fact name={messages.models.model}>{task().model.label}</Fact>
        <Fact name={lazyMessages.lightbox.size}>
          {lazyMessages.lightbox.pixels(image().width, image().height)}
        </Fact>
        <Fact name={lazyMessages.lightbox.cost}>
          {messages.credits(task().costCredits - task().refundedCredits)}
        </Fact>
        <Show when={typeof task().options['seed'] === 'number'}>
          <Fact name={messages.models.optionLabels.seed}>{String(task().options['seed'])}</Fact>
        </Show>
      </dl>
      <Lineage task={task()} />
      <div class="lightbox-actions">
        <button
          type="button"
          class="button button-film"
          aria-pressed={favorites.has(image())}
          onClick={() => favorites.toggle(image())}
        >
          <Icon name="pencil" />
          {lazyMessages.image.mark}
        </button>
        <Button kind="film" onClick={() => use(props.item)}>
          <Icon name="reference" />
          {lazyMessages.image.use}
        </Button>
        <Button kind="film" onClick={() => remix(task())}>
          <Icon name="remix" />
          {lazyMessages.image.remix}
        </Button>
        <RepeatActions task={task()} item={props.item} />
        <Button kind="film" opensDialog onClick={() => share(task(), image())}>
          <ShareIcon />
          {lazyMessages.image.share}
        </Button>
        <Button kind="film-strong" onClick={() => void downloads.one(props.item)}>
          <Icon name="download" />
          {lazyMessages.image.download}
        </Button>
      </div>
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
