import { createMemo } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { type GalleryItem, galleryItems } from '../gallery/gallery-item.ts';
import { type ImageActionsOptions, ImageActionsProvider } from '../gallery/image-actions-provider.tsx';
import type { Task } from '../api/task.ts';
import type { HistoryCodes } from './codes.ts';
import { HistoryDays } from './history-days.tsx';

export interface HistoryImagesProps extends ImageActionsOptions {
  tasks: readonly Task[];
  codes: HistoryCodes;
  isFavoritesOnly: boolean;
}

/** The frames of earlier tasks, with all that can be done with a frame. */
export function HistoryImages(props: HistoryImagesProps) {
  const codeOf = (task: Task) => props.codes.of(task.id) ?? lazyMessages.history.at(new Date(task.createdAt));
  const itemsOfTask = (task: Task): GalleryItem[] =>
    galleryItems([task], () => codeOf(task)).filter(
      ({ image }) => !props.isFavoritesOnly || props.favorites.has(image.id),
    );
  const items = createMemo(() => props.tasks.flatMap(itemsOfTask));
  return (
    <ImageActionsProvider {...props} items={items()}>
      <HistoryDays
        tasks={props.tasks}
        galleryItems={itemsOfTask}
        codeOf={codeOf}
        hasTasksWithoutImages={!props.isFavoritesOnly}
      />
    </ImageActionsProvider>
  );
}
