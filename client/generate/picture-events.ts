/** Pictures that are dropped or pasted. */
import { type DraggedImage, hasDraggedImage, readDraggedImage } from '../gallery/drag-image.ts';
import { isTextForField } from '../ui/keys.ts';

/** What is being dragged over the page: files from outside, or an image of the feed. */
export type Dragged = 'files' | 'image' | undefined;

/**
 * Files can be dropped or pasted anywhere on the page; images of the feed can be dropped on the form. In a text
 * field, text wins: spreadsheets and word processors add a picture of each text that they copy. Returns how to stop.
 */
export function listenForPictures(options: {
  onFiles: (files: File[]) => void;
  onImage: (image: DraggedImage) => void;
  onDragging: (dragged: Dragged) => void;
}): () => void {
  const stop = new AbortController();
  const listen = <Name extends 'dragenter' | 'dragover' | 'dragleave' | 'dragend' | 'drop' | 'paste'>(
    name: Name,
    listener: (event: WindowEventMap[Name]) => void,
  ) => window.addEventListener(name, listener, { signal: stop.signal });

  const kindOf = (event: DragEvent): Dragged => {
    if (isTextForField(event, event.dataTransfer)) return undefined;
    if (hasDraggedImage(event)) return 'image';
    return event.dataTransfer?.types.includes('Files') ? 'files' : undefined;
  };
  const isAccepted = (event: DragEvent) => {
    const kind = kindOf(event);
    if (kind !== 'image') return kind === 'files';
    return event.target instanceof Element && event.target.closest('#generate-form') !== null;
  };

  listen('dragenter', (event) => options.onDragging(kindOf(event)));
  listen('dragover', (event) => {
    if (!isAccepted(event)) return;
    // Without this the browser would open the file in place of the page.
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  listen('dragleave', (event) => {
    if (event.relatedTarget === null) options.onDragging(undefined);
  });
  listen('dragend', () => options.onDragging(undefined));
  listen('drop', (event) => {
    options.onDragging(undefined);
    if (!isAccepted(event)) return;
    event.preventDefault();
    const image = readDraggedImage(event);
    if (image) options.onImage(image);
    else options.onFiles([...(event.dataTransfer?.files ?? [])]);
  });
  listen('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || isTextForField(event, event.clipboardData)) return;
    event.preventDefault();
    options.onFiles(files);
  });
  return () => stop.abort();
}
