/** The viewer's strips, newest first: the newest day as strips of film, earlier days as contact sheets. */
import { createMemo, createSignal, For, lazy, onCleanup, onMount, Show } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { Guarded } from '../../ui/guarded.tsx';
import type { Toasts } from '../../ui/toasts.tsx';
import { laterWords } from '../../ui/words-later.ts';
import { words } from '../../ui/words.ts';
import type { OutgoingRequest } from '../compose/composer.ts';
import { createDownloads } from '../frames/downloads.ts';
import { FrameToolsProvider, type FrameTools } from '../frames/frame-tools.ts';
import { framesOf } from '../frames/frame.ts';
import { createFrameAddress } from '../lightbox/frame-address.ts';
import { LoadMore } from '../load-more.tsx';
import type { Marks } from '../marks.ts';
import { SelectBar } from '../select/select-bar.tsx';
import { createSelection } from '../select/selection.ts';
import { OutgoingStrip } from '../strip/outgoing-strip.tsx';
import type { StripEvents } from '../strip/strip-actions.tsx';
import { Strip } from '../strip/strip.tsx';
import { isUnfinished, type Task, type TaskImage } from '../task.ts';
import { ContactSheet } from './contact-sheet.tsx';
import { copyDetails } from './copy-details.ts';
import { type Day, groupByDay } from './days.ts';
import { FeedHead } from './feed-head.tsx';
import type { Feed } from './feed.ts';
import { focusFrame, listenForFrameKeys } from './frame-keys.ts';
import { NewStrips } from './new-strips.tsx';

const Lightbox = lazy(async () => ({ default: (await import('../lightbox/lightbox.tsx')).Lightbox }));
const ShortcutSheet = lazy(async () => ({
  default: (await import('../lightbox/shortcut-sheet.tsx')).ShortcutSheet,
}));

export interface StripsProps extends Omit<StripEvents, 'onDelete' | 'onCopyDetails'> {
  feed: Feed;
  outgoing: readonly OutgoingRequest[];
  isLive: boolean;
  isLost: (taskId: string) => boolean;
  marks: Marks;
  toasts: Toasts;
  onDelete: (tasks: readonly Task[]) => void;
  onRemix: (task: Task) => void;
  onUse: (image: TaskImage, name: string) => void;
  onScene: (scene: Scene) => void;
  onPrompt: () => void;
}

export function Strips(props: StripsProps) {
  const { feed, toasts } = props;
  const frames = createMemo(() => framesOf(feed.tasks(), feed.codeOf));
  const frame = (imageId: string | undefined) => frames().find(({ image }) => image.id === imageId);
  const refresh = async (taskId: string) => {
    const task = feed.task(taskId);
    if (task) await props.onRefresh(task);
  };
  const address = createFrameAddress();
  const selection = createSelection(createMemo(() => frames().map(({ image }) => image.id)));
  const [isSheetOpen, setSheetOpen] = createSignal(false);
  const tools: FrameTools = {
    marks: props.marks,
    selection,
    downloads: createDownloads({ toasts, refresh, current: ({ image }) => frame(image.id)?.image }),
    open: address.open,
    use({ image, code }) {
      props.onUse(image, laterWords.lightbox.label(code));
      toasts.show({ text: words.references.added(laterWords.lightbox.label(code)) });
    },
    remix: (task) => props.onRemix(task),
    refresh,
  };

  const remove = (tasks: readonly Task[]) => {
    const isGoing = (element: Element) =>
      tasks.some(({ id }) => id === (element as HTMLElement).dataset['strip']);
    const strips = [...document.querySelectorAll('[data-strip]')];
    const first = strips.findIndex(isGoing);
    props.onDelete(tasks);
    if (document.activeElement !== document.body) return;
    // The button that was pressed is gone with its strip.
    const next = strips.slice(first).find((strip) => !isGoing(strip)) ?? document.getElementById('feed');
    (next as HTMLElement | null)?.focus({ preventScroll: true });
  };
  const events = {
    onCancel: props.onCancel,
    onRetry: props.onRetry,
    onEdit: props.onEdit,
    onOtherModel: props.onOtherModel,
    onRefresh: props.onRefresh,
    onDelete: (task: Task) => remove([task]),
    onCopyDetails: (task: Task) => void copyDetails(task, feed.codeOf(task.id), toasts),
  };

  onMount(() => {
    onCleanup(
      listenForFrameKeys({
        tools,
        frame,
        onRemove: (task) => remove([task]),
        onKeys: () => setSheetOpen(true),
        onScene: props.onScene,
        onPrompt: props.onPrompt,
      }),
    );
    if ('requestIdleCallback' in window) requestIdleCallback(() => void Lightbox.preload());
  });

  return (
    <FrameToolsProvider value={tools}>
      <NewStrips tasks={feed.tasks()} />
      <Days {...props} events={events} tools={tools} />
      <LoadMore state={feed.more()} onLoad={() => void feed.loadMore()} />
      <p class="feed-end">
        <Button kind="quiet" opensDialog onClick={() => setSheetOpen(true)}>
          {laterWords.feed.allKeys} <kbd>?</kbd>
        </Button>
      </p>
      <Show when={selection.isOn()}>
        <SelectBar frames={frames()} tools={tools} onDelete={remove} />
      </Show>
      <Guarded>
        <Show when={frame(address.imageId())}>
          {(shown) => (
            <Lightbox
              frames={frames()}
              frame={shown()}
              onShow={address.show}
              onKeys={() => setSheetOpen(true)}
              onClose={() => {
                const { id } = shown().image;
                address.close();
                focusFrame(id);
              }}
              onRemix={(task) => {
                address.close();
                props.onRemix(task);
              }}
            />
          )}
        </Show>
        <Show when={isSheetOpen()}>
          <ShortcutSheet onClose={() => setSheetOpen(false)} />
        </Show>
      </Guarded>
    </FrameToolsProvider>
  );
}

function Days(props: StripsProps & { events: StripEvents; tools: FrameTools }) {
  // Strings keep the strips in the page while their tasks change.
  const days = createMemo(() => groupByDay(props.feed.tasks(), new Date()));
  const dayKeys = createMemo(() => {
    const today = new Date().toDateString();
    const keys = days().map((day) => day.key);
    return props.outgoing.length > 0 && !keys.includes(today) ? [today, ...keys] : keys;
  });
  const dayOf = (key: string): Day =>
    days().find((day) => day.key === key) ?? { key, label: laterWords.feed.today, taskIds: [] };
  const outgoingCode = (index: number) =>
    String(Number(props.feed.codeOf('')) + props.outgoing.length - 1 - index);
  const tasksOf = (key: string) => dayOf(key).taskIds.flatMap((id) => props.feed.task(id) ?? []);
  /** Those shown as strips of film: all of the newest day; of earlier ones what still develops, and what failed. */
  const stripIds = (key: string, isNewest: boolean) =>
    isNewest
      ? dayOf(key).taskIds
      : tasksOf(key)
          .filter((task) => isUnfinished(task) || task.status === 'FAILED')
          .map(({ id }) => id);

  return (
    <For each={dayKeys()}>
      {(key, index) => (
        <section class="day" aria-labelledby={`day-${index()}`}>
          <FeedHead
            id={`day-${index()}`}
            label={dayOf(key).label}
            isNewest={index() === 0}
            developing={props.feed.tasks().filter(isUnfinished).length}
            isLive={props.isLive}
            frames={framesOf(tasksOf(key), props.feed.codeOf)}
            tools={props.tools}
          />
          <Show when={index() === 0}>
            <For each={props.outgoing}>
              {(request, place) => <OutgoingStrip request={request} code={outgoingCode(place())} />}
            </For>
          </Show>
          <For each={stripIds(key, index() === 0)}>
            {(id) => (
              <Show when={props.feed.task(id)}>
                {(task) => (
                  <Strip
                    {...props.events}
                    task={task()}
                    code={props.feed.codeOf(id)}
                    isLost={props.isLost(id)}
                  />
                )}
              </Show>
            )}
          </For>
          <Show when={index() > 0}>
            <ContactSheet
              label={laterWords.feed.earlier(dayOf(key).label)}
              frames={framesOf(
                tasksOf(key).filter((task) => !isUnfinished(task)),
                props.feed.codeOf,
              )}
            />
          </Show>
        </section>
      )}
    </For>
  );
}
