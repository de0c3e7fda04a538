/** How images get into the form: file picker, drop, paste, an image of the feed. */
import { type Accessor, createEffect, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import type { ServerImage } from '../../api/task.ts';
import { type Dragged, listenForPictures } from './drop-and-paste.ts';
import type { References } from './references.ts';
import type { ModelChoice } from '../options/model-choice.ts';
import { messages } from '../../i18n/messages.ts';
import type { Draft } from '../draft.ts';

interface Dropzone {
  /** What is dragged over the page. */
  dragged: Accessor<Dragged>;
  /** The notice about the last files: too many, or duplicates. */
  notice: Accessor<string | undefined>;
  /** References that were added a second time. */
  pointedAt: Accessor<ReadonlySet<string>>;
  showScene(scene: Scene): void;
  addFiles(files: File[]): Promise<void>;
  addImage(image: ServerImage, name: string): void;
  /** Shows a notice beside the references until their number changes. */
  notify(text: string): void;
}

interface DropzoneOptions {
  draft: Draft;
  references: References;
  choice: Accessor<ModelChoice>;
  announce: (text: string) => void;
  /** Called when an image was added and there is no room. */
  onFull: () => void;
  /** Called when files are added. */
  onFiles: () => void;
}

/** The limit while no model is known. */
const fallbackLimit = 4;

export function referenceLimit(choice: ModelChoice): number {
  return choice.model?.maxReferenceImages ?? fallbackLimit;
}

export function createDropzone(options: DropzoneOptions): Dropzone {
  const { draft, references } = options;
  const [dragged, setDragged] = createSignal<Dragged>();
  const [notice, setNotice] = createSignal<string>();
  const [pointedAt, setPointedAt] = createSignal<ReadonlySet<string>>(new Set());
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
    if (leftOut > 0) setNotice(messages.references.tooMany(room, leftOut));
    else if (known.length > 0) setNotice(messages.references.alreadyThere(known.map(({ name }) => name)));
    setPointedAt(new Set(known.map(({ id }) => id)));
  };

  const addImage = (image: ServerImage, name: string) => {
    showScene('IMAGE_TO_IMAGE');
    const room = limit();
    if (references.items.length >= room) {
      setNotice(messages.references.tooMany(room, 1));
      return options.onFull();
    }
    const twin = references.addImage(image, name);
    if (twin === undefined) return options.announce(messages.references.added(name));
    setNotice(messages.references.alreadyThere([name]));
    setPointedAt(new Set([twin]));
  };

  createEffect(
    on(
      () => references.items.length,
      () => {
        setNotice(undefined);
        setPointedAt(new Set<string>());
      },
      { defer: true },
    ),
  );
  onCleanup(
    listenForPictures({
      imageTarget: '#generate-form',
      onFiles: (files) => void addFiles(files),
      onImage: ({ image, name }) => addImage(image, name),
      onDragging: setDragged,
    }),
  );

  return {
    dragged,
    notice,
    pointedAt,
    showScene,
    addFiles,
    addImage,
    notify: setNotice,
  };
}
