/** The frames of History with all that can be done with a frame: seen large, marked, used again, saved, deleted. */
import { createMemo, createSignal, lazy, onCleanup, onMount, Show } from 'solid-js';
import { Guarded } from '../../ui/guarded.tsx';
import type { Toasts } from '../../ui/toasts.tsx';
import { laterWords } from '../../ui/words-later.ts';
import { words } from '../../ui/words.ts';
import { focusFrame, listenForFrameKeys } from '../feed/frame-keys.ts';
import { createDownloads } from '../frames/downloads.ts';
import { FrameToolsProvider, type FrameTools } from '../frames/frame-tools.ts';
import { type FrameOf, framesOf } from '../frames/frame.ts';
import { createFrameAddress } from '../lightbox/frame-address.ts';
import type { Marks } from '../marks.ts';
import { SelectBar } from '../select/select-bar.tsx';
import { createSelection } from '../select/selection.ts';
import type { Task, TaskImage } from '../task.ts';
import type { HistoryCodes } from './codes.ts';
import { HistoryDays } from './history-days.tsx';

const Lightbox = lazy(async () => ({ default: (await import('../lightbox/lightbox.tsx')).Lightbox }));
const ShortcutSheet = lazy(async () => ({
  default: (await import('../lightbox/shortcut-sheet.tsx')).ShortcutSheet,
}));

export interface HistoryFramesProps {
  tasks: readonly Task[];
  codes: HistoryCodes;
  marks: Marks;
  toasts: Toasts;
  isMarkedOnly: boolean;
  /** Fetches a task anew: the addresses of its pictures run out. */
  onRefresh: (taskId: string) => Promise<Task | undefined>;
  /** Makes an image a reference of the next request. */
  onUse: (image: TaskImage, name: string) => void;
  /** Puts the request into the form, on its own page. */
  onRemix: (task: Task) => void;
  onDelete: (tasks: readonly Task[]) => void;
  onPrompt: () => void;
}

export function HistoryFrames(props: HistoryFramesProps) {
  const { toasts } = props;
  const codeOf = (task: Task) => props.codes.of(task.id) ?? laterWords.history.at(new Date(task.createdAt));
  const framesOfTask = (task: Task): FrameOf[] =>
    framesOf([task], () => codeOf(task)).filter(
      ({ image }) => !props.isMarkedOnly || props.marks.has(image.id),
    );
  const frames = createMemo(() => props.tasks.flatMap(framesOfTask));
  const frame = (imageId: string | undefined) => frames().find(({ image }) => image.id === imageId);
  const refresh = async (taskId: string) => void (await props.onRefresh(taskId));
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
    props.onDelete(tasks);
    // The frame that had the focus is gone.
    if (document.activeElement === document.body)
      document.getElementById('feed')?.focus({ preventScroll: true });
  };

  onMount(() =>
    onCleanup(
      listenForFrameKeys({
        tools,
        frame,
        onRemove: (task) => remove([task]),
        onKeys: () => setSheetOpen(true),
        onScene: () => {},
        onPrompt: () => props.onPrompt(),
      }),
    ),
  );

  return (
    <FrameToolsProvider value={tools}>
      <HistoryDays
        tasks={props.tasks}
        framesOf={framesOfTask}
        codeOf={codeOf}
        hasVerdicts={!props.isMarkedOnly}
      />
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
              onRemix={(task) => props.onRemix(task)}
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
