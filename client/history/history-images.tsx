import { createMemo } from 'solid-js';
import { laterWords } from '../i18n/lazy-messages.ts';
import { type FrameOf, framesOf } from '../gallery/gallery-item.ts';
import { type FrameToolsNeeds, WithFrameTools } from '../gallery/image-actions-provider.tsx';
import type { Task } from '../api/task.ts';
import type { HistoryCodes } from './codes.ts';
import { HistoryDays } from './history-days.tsx';

export interface HistoryFramesProps extends FrameToolsNeeds {
  tasks: readonly Task[];
  codes: HistoryCodes;
  isMarkedOnly: boolean;
}

/** The frames of earlier tasks, with all that can be done with a frame. */
export function HistoryFrames(props: HistoryFramesProps) {
  const codeOf = (task: Task) => props.codes.of(task.id) ?? laterWords.history.at(new Date(task.createdAt));
  const framesOfTask = (task: Task): FrameOf[] =>
    framesOf([task], () => codeOf(task)).filter(
      ({ image }) => !props.isMarkedOnly || props.marks.has(image.id),
    );
  const frames = createMemo(() => props.tasks.flatMap(framesOfTask));
  return (
    <WithFrameTools {...props} frames={frames()}>
      <HistoryDays
        tasks={props.tasks}
        framesOf={framesOfTask}
        codeOf={codeOf}
        hasVerdicts={!props.isMarkedOnly}
      />
    </WithFrameTools>
  );
}
