/** How images get into the form: file picker, drop, paste, an image of the feed. */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { Scene } from '../api/generated/graphql.ts';
import type { ServerImage } from '../api/task.ts';
import type { References } from './references/references.ts';
import type { ModelChoice } from './options/model-choice.ts';
import { messages } from '../i18n/messages.ts';
import type { Draft } from './draft.ts';
import { type DraggedImage, hasDraggedImage, readDraggedImage } from '../gallery/drag-image.ts';
import { isTextForField } from '../ui/keys.ts';

/** How many references the model takes; a common limit while no model is known. */
export function referenceLimit(choice: ModelChoice): number {
  return choice.model?.maxReferenceImages ?? 4;
}

export function createDropzone(options: {
  draft: Draft;
  references: References;
  choice: Accessor<ModelChoice>;
  announce: (text: string) => void;
  /** Called when an image was added and there is no room. */
  onFull: () => void;
  onFiles: () => void;
}) {
  const { draft, references } = options;
  const [dragged, setDragged] = createSignal<Dragged>();
  const [notice, setNotice] = createSignal<{ text: string; pointedAt?: readonly string[] }>();
  const limit = () => referenceLimit(untrack(options.choice));

  /** Makes the shown model the wanted one, so that a replacement can be explained. */
  const showScene = (scene: Scene) => {
    const { model } = untrack(options.choice);
    draft.change({ scene, ...(model && draft.content.modelId === undefined && { modelId: model.id }) });
  };
  const addFiles = async (files: File[]) => {
    if (files.length === 0) return;
    options.onFiles();
    showScene('IMAGE_TO_IMAGE');
    const room = limit();
    const { leftOut, known } = await references.addFiles(files, room);
    const pointedAt = known.map(({ id }) => id);
    if (leftOut > 0) setNotice({ text: messages.references.tooMany(room, leftOut), pointedAt });
    else if (known.length > 0)
      setNotice({ text: messages.references.alreadyThere(known.map(({ name }) => name)), pointedAt });
  };

  const addImage = (image: ServerImage, name: string) => {
    showScene('IMAGE_TO_IMAGE');
    const room = limit();
    if (references.items.length >= room) {
      setNotice({ text: messages.references.tooMany(room, 1) });
      return options.onFull();
    }
    const duplicate = references.addImage(image, name);
    if (duplicate === undefined) return options.announce(messages.references.added(name));
    setNotice({ text: messages.references.alreadyThere([name]), pointedAt: [duplicate] });
  };

  const clearNotice = () => setNotice(undefined);
  createEffect(on(() => references.items.length, clearNotice, { defer: true }));
  onCleanup(
    listenForPictures({
      onFiles: (files) => void addFiles(files),
      onImage: ({ image, name }) => addImage(image, name),
      onDragging: setDragged,
    }),
  );

  return {
    dragged,
    /** The notice about the last files: too many, or duplicates. */
    notice: () => notice()?.text,
    pointedAt: createMemo((): ReadonlySet<string> => new Set(notice()?.pointedAt)),
    showScene,
    addFiles,
    addImage,
    /** Shows a notice below the references until their number changes. */
    notify: (text: string) => void setNotice({ text }),
  };
}

/** What is being dragged over the page: files from outside, or an image of the feed. */
type Dragged = 'files' | 'image' | undefined;

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
