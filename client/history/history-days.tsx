import { createMemo, createUniqueId } from 'solid-js';
import type { Task } from '../api/task.ts';
import { type ContactCell, ContactSheet, isImage } from '../feed/contact-sheet.tsx';
import { Days } from '../feed/days.tsx';
import { type GalleryItem, galleryItems } from '../gallery/image-actions.ts';
import { type ImageActionsOptions, ImageActionsProvider } from '../gallery/image-actions-provider.tsx';
import type { HistoryCodes } from './history.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

export interface HistoryImagesProps extends ImageActionsOptions {
  tasks: readonly Task[];
  codes: HistoryCodes;
  isFavoritesOnly: boolean;
}

/** Tasks by day as contact sheets, with all actions on images. */
export function HistoryImages(props: HistoryImagesProps) {
  const cellsOf = (task: Task): ContactCell[] => {
    const code = props.codes.of(task.id) ?? lazyMessages.history.at(new Date(task.createdAt));
    if (task.images.length === 0) return [{ task, code }];
    const isShown = ({ image }: GalleryItem) => !props.isFavoritesOnly || props.favorites.has(image.id);
    return galleryItems([task], () => code).filter(isShown);
  };
  const items = createMemo(() => props.tasks.flatMap(cellsOf).filter(isImage));
  return (
    <ImageActionsProvider {...props} items={items()}>
      <Days tasks={props.tasks}>
        {(day) => {
          const headingId = createUniqueId();
          const cells = createMemo(() => day().tasks.flatMap(cellsOf));
          return (
            <section class="day" aria-labelledby={headingId}>
              <div class="day-head">
                <h2 id={headingId}>{day().label}</h2>
                <span class="day-count">{lazyMessages.history.images(cells().filter(isImage).length)}</span>
              </div>
              <ContactSheet label={lazyMessages.history.imagesOfDay(day().label)} cells={cells()} />
            </section>
          );
        }}
      </Days>
    </ImageActionsProvider>
  );
}
