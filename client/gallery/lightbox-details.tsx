import { For, type JSX, Show } from 'solid-js';
import { matchInputImage, type ServerImage, type Task, type TaskImage } from '../api/task.ts';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import { DeleteImage } from './delete-image.tsx';
import { DownloadActions } from './download-actions.tsx';
import './lightbox-details.css';
import { Lineage } from './lineage.tsx';
import { RepeatActions } from './repeat-actions.tsx';
import { ShareIcon } from '../sharing/share-icon.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';

/** The details of an image, and its actions. */
export function Details(props: { item: GalleryItem }) {
  const { use, remix, share, copyPrompt, compare } = useImageActions();
  const task = () => props.item.task;
  const image = () => props.item.image;
  return (
    <div class="lightbox-details">
      <p class="lightbox-prompt" dir="auto">
        {task().prompt}
      </p>
      <Facts task={task()} image={image()} />
      <References images={task().referenceImages} />
      <Lineage task={task()} />
      <div class="lightbox-actions">
        <Button kind="film" onClick={() => copyPrompt(task())}>
          {lazyMessages.lightbox.copyPrompt}
        </Button>
        <Button kind="film" onClick={() => use(props.item)}>
          <Icon name="reference" />
          {lazyMessages.image.use}
        </Button>
        <Button kind="film" onClick={() => remix(task())}>
          <Icon name="remix" />
          {lazyMessages.image.remix}
        </Button>
        <RepeatActions task={task()} item={props.item} />
        <Button kind="film" onClick={() => compare(props.item)}>
          {lazyMessages.compare.open}
        </Button>
        <Button kind="film" opensDialog onClick={() => share(task(), image())}>
          <ShareIcon />
          {lazyMessages.image.share}
        </Button>
        <DeleteImage item={props.item} />
        <DownloadActions item={props.item} />
      </div>
    </div>
  );
}

/** What it was made with and from, when, and what it cost. */
function Facts(props: { task: Task; image: TaskImage }) {
  const texts = lazyMessages.lightbox;
  const labels = messages.models.optionLabels;
  const option = (name: string) => {
    const value = props.task.options[name];
    return value === undefined || value === null ? undefined : String(value);
  };
  const shape = () =>
    option('aspectRatio') === matchInputImage ? messages.models.sameAsReference : option('aspectRatio');
  const fileType = () => messages.models.formats[option('outputFormat') ?? ''];
  const spent = () => props.task.costCredits - props.task.refundedCredits;
  const duration = () => {
    const { startedAt, completedAt } = props.task;
    return startedAt && completedAt
      ? messages.format.seconds(Date.parse(completedAt) - Date.parse(startedAt))
      : undefined;
  };
  return (
    <dl class="lightbox-facts">
      <Fact name={messages.models.model}>{props.task.model.label}</Fact>
      <Fact name={messages.models.provider}>
        {texts.provider(props.task.provider.label, props.task.provider.sandbox)}
      </Fact>
      <Fact name={texts.size}>{texts.pixels(props.image.width, props.image.height)}</Fact>
      <Fact name={labels.aspectRatio}>{shape()}</Fact>
      <Fact name={labels.outputFormat}>{fileType()}</Fact>
      <Fact name={labels.seed}>{option('seed')}</Fact>
      <Fact name={texts.made}>{messages.format.instant(new Date(props.task.createdAt))}</Fact>
      <Fact name={texts.took}>{duration()}</Fact>
      <Fact name={texts.cost}>{texts.spent(spent(), props.task.refundedCredits)}</Fact>
    </dl>
  );
}

/** The images that the request started from. */
function References(props: { images: readonly ServerImage[] }) {
  return (
    <Show when={props.images.length > 0}>
      <ul class="lightbox-references" aria-label={lazyMessages.references.label}>
        <For each={props.images}>
          {({ thumbnailUrl, width, height }, index) => (
            <li>
              <img
                src={thumbnailUrl}
                width={width}
                height={height}
                alt={lazyMessages.references.numbered(index() + 1)}
              />
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}

/** Nothing where it is not known. */
function Fact(props: { name: string; children: JSX.Element }) {
  return (
    <Show when={props.children}>
      <div>
        <dt>{props.name}</dt>
        <dd>{props.children}</dd>
      </div>
    </Show>
  );
}
