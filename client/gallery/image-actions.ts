/** Actions on an image, the same in the feed, in earlier days and in the lightbox. */
import { createContext, useContext } from 'solid-js';
import { imageCode, type Task, type TaskImage } from '../api/task.ts';
import type { Downloads } from './downloads.ts';
import type { Selection } from './selection-bar.tsx';

/** An image with its mark. */
export type Markable = Pick<TaskImage, 'id' | 'favorite'>;

/** Marks images as favorites, or no longer. */
export interface Favorites {
  /** Whether it is one. Reactive. */
  has(image: Markable): boolean;
  toggle(image: Markable): void;
  set(images: readonly Markable[], favorite: boolean): void;
}

/** Deletes at once on the page, and at the server when the time for undo is over. */
export interface Removals {
  remove(tasks: readonly Task[], codeOf: CodeOf): void;
  /** A task of which no image would be left is deleted as a whole. */
  removeImages(items: readonly GalleryItem[], codeOf: CodeOf): void;
}

/** The number of a task; undefined where it is not known. */
export type CodeOf = (taskId: string) => string | undefined;

export interface ImageActions {
  favorites: Favorites;
  selection: Selection;
  downloads: Downloads;
  /** Opens the lightbox. */
  open(imageId: string): void;
  /** Whether the lightbox shows the image. Reactive. */
  isOpen(imageId: string): boolean;
  /** Adds it to the references of the form. */
  use(item: GalleryItem): void;
  /** Fills the form with its request, without the seed. */
  remix(task: Task): void;
  /** Fills the form with its request and its seed. */
  sameSeed(task: Task): void;
  /** Fills the form with its prompt, to start from this image. */
  vary(item: GalleryItem): void;
  /** The models that can carry out its request, its own included. */
  offersFor(task: Task): Promise<readonly Offer[]>;
  /** Sends its request to that model at once, with a new seed. */
  repeat(task: Task, offer: Offer): void;
  codeOf: CodeOf;
  /** Closes the lightbox. */
  leave(): void;
  /** Copies its prompt. */
  copyPrompt(task: Task): void;
  /** Opens the dialog for the public page of the task, or of one of its images. */
  share(task: Task, image?: TaskImage): void;
  /** Compares it with the selected images; without it, those. Says what is missing where they are not 2 to 4. */
  compare(item?: GalleryItem): void;
  /** Opens the dialog that copies its request as a call of the API. */
  copyAsApiCall(task: Task): void;
  /** Deletes these tasks; the focus, or the large view, goes to what comes after them. */
  remove(tasks: readonly Task[]): void;
  /** Deletes these images; the focus, or the large view, goes to the next one. */
  removeImages(items: readonly GalleryItem[]): void;
  /** Sends the request of a failed or cancelled task once more. */
  retry(task: Task): void;
  /** Fetches the task again: image URLs expire. */
  refresh(taskId: string): Promise<unknown>;
  /** Fetches a task whose end is unknown, and says so when it still is. */
  checkAgain(task: Task): Promise<void>;
  /** Shows the list of keys. */
  showKeys(): void;
}

/** A model that can carry out a request, and what it costs there. */
export interface Offer {
  model: { id: string; label: string };
  costCredits: number;
}

/** What repeats requests, loaded with its first use. */
export interface Repeats {
  sameSeed(task: Task): void;
  vary(task: Task, image: TaskImage, name: string): void;
  offers(task: Task): Promise<readonly Offer[]>;
  send(task: Task, offer: Offer): Promise<void>;
  retry(task: Task): Promise<void>;
}

const Context = createContext<ImageActions>();

export const ImageActionsContextProvider = Context.Provider;

export function useImageActions(): ImageActions {
  const actions = useContext(Context);
  if (!actions) throw new Error('Images must be shown within an ImageActionsProvider.');
  return actions;
}

/** Whether the form can make the very same again: it has no inputs of a provider. */
export function hasSameSeed({ options, providerOptions, removedReferences }: Task): boolean {
  return (
    typeof options['seed'] === 'number' &&
    Object.keys(providerOptions).length === 0 &&
    removedReferences === 0
  );
}

/** The keys of the actions on an image, in the feed and in the lightbox. */
export function imageKeys(
  { favorites, downloads, use, remix, sameSeed, vary, compare, removeImages }: ImageActions,
  item: GalleryItem,
): Readonly<Record<string, () => void>> {
  return {
    d: () => void downloads.one(item),
    r: () => remix(item.task),
    u: () => use(item),
    m: () => favorites.toggle(item.image),
    v: () => vary(item),
    c: () => compare(item),
    Delete: () => removeImages([item]),
    ...(hasSameSeed(item.task) && { s: () => sameSeed(item.task) }),
  };
}

/** An image of a task with the code shown next to it. */
export interface GalleryItem {
  task: Task;
  image: TaskImage;
  /** 29, 29A, 29B, … */
  code: string;
}

/** The images of tasks in order; `codeOf` gives the number of a task. */
export function galleryItems(tasks: readonly Task[], codeOf: (taskId: string) => string): GalleryItem[] {
  return tasks.flatMap((task) =>
    task.images.map((image, index) => ({ task, image, code: imageCode(codeOf(task.id), index) })),
  );
}
