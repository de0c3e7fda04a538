/** What can be done with a picture, wherever it is shown: in the feed, in an earlier day, in the large view. */
import { createContext, useContext } from 'solid-js';
import type { Task } from '../api/task.ts';
import type { Downloads } from './downloads.ts';
import type { Favorites } from './favorites.ts';
import type { GalleryItem } from './gallery-item.ts';
import type { Selection } from './selection-bar.tsx';

export interface ImageActions {
  favorites: Favorites;
  selection: Selection;
  downloads: Downloads;
  /** Shows it large. */
  open(imageId: string): void;
  /** Makes it a reference of the next request. */
  use(item: GalleryItem): void;
  /** Puts its request into the form: everything but the seed. */
  remix(task: Task): void;
  /** Deletes these tasks, and gives the focus to what follows them where it was on one of them. */
  remove(tasks: readonly Task[]): void;
  /** Fetches the task anew: the addresses of its pictures run out. */
  refresh(taskId: string): Promise<void>;
  /** Shows the list of keys. */
  showKeys(): void;
}

const Context = createContext<ImageActions>();

export const ImageActionsContextProvider = Context.Provider;

export function useImageActions(): ImageActions {
  const actions = useContext(Context);
  if (!actions) throw new Error('Images must be shown within an ImageActionsProvider.');
  return actions;
}
