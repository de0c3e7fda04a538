/** How images get into the form: file picker, drop, paste, an image of the feed. */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { Scene } from '../api/generated/graphql.ts';
import type { ServerImage } from '../api/task.ts';
import type { References } from './references/references.ts';
import type { ModelChoice } from './options/model-choice.ts';
import { messages } from '../i18n/messages.ts';
import type { Draft } from './draft.ts';
import { afterPaint } from '../app/boot/schedule.ts';
import { createLazyPart } from '../ui/lazy-part.ts';
import type { Dragged } from './picture-events.ts';

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
  // The first paint is of a page without pictures.
  createLazyPart(
    () => true,
    async () => {
      await afterPaint();
      const { listenForPictures } = await import('./picture-events.ts');
      return () =>
        onCleanup(
          listenForPictures({
            onFiles: (files) => void addFiles(files),
            onImage: ({ image, name }) => addImage(image, name),
            onDragging: setDragged,
          }),
        );
    },
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
