import { createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type GalleryItem, galleryItems, type Removals } from './image-actions.ts';
import { createRemoval } from './removal.ts';
import { imageData, taskData } from '../testing/tasks.ts';

const tasks = [
  taskData({ id: 'a', images: ['a1', 'a2', 'a3'].map(imageData) }),
  taskData({ id: 'b', images: ['b1'].map(imageData) }),
];

/** A page with a button for each image, from which what is deleted disappears. */
function start({ isLoaded = true } = {}) {
  const items = galleryItems(tasks, () => '1');
  document.body.innerHTML = `<main id="feed" tabindex="-1"><ul class="contact-sheet">${items
    .map(({ image }) => `<button data-image="${image.id}"></button>`)
    .join('')}</ul></main>`;
  onTestFinished(() => document.body.replaceChildren());
  const button = (id: string) => document.querySelector<HTMLElement>(`[data-image="${id}"]`);
  const drop = (gone: readonly GalleryItem[]) => gone.forEach(({ image }) => button(image.id)?.remove());
  const removals: Removals = {
    remove: (gone) => drop(items.filter(({ task }) => gone.includes(task))),
    removeImages: drop,
  };
  const [actions, setActions] = createSignal<Removals | undefined>(isLoaded ? removals : undefined);
  const [imageId, setImageId] = createSignal<string>();
  const removal = createRemoval({
    items: () => items,
    actions,
    codeOf: () => undefined,
    lightbox: { imageId, show: setImageId, close: () => setImageId(undefined) },
  });
  const item = (id: string) => items.find(({ image }) => image.id === id)!;
  const focused = () => {
    const { id, dataset } = document.activeElement as HTMLElement;
    return dataset['image'] ?? id;
  };
  return { removal, load: () => setActions(removals), imageId, setImageId, item, button, focused };
}

describe('what is deleted', () => {
  beforeEach(() => document.body.replaceChildren());

  it('gives the focus to the next image, and the last one to the one before', () => {
    const { removal, item, button, focused } = start();
    button('a2')?.focus();
    removal.removeImages([item('a2'), item('a3')]);
    expect(focused()).toBe('b1');
    removal.removeImages([item('b1')]);
    expect(focused()).toBe('a1');
    removal.removeImages([item('a1')]);
    expect(focused()).toBe('feed');
  });

  it('gives the focus to the next task where all of a task goes, and leaves it where it is elsewhere', () => {
    const { removal, button, item, focused } = start();
    button('b1')?.focus();
    removal.removeImages([item('a3')]);
    expect(focused()).toBe('b1');
    button('a2')?.focus();
    removal.remove([tasks[0]!]);
    expect(focused()).toBe('b1');
  });

  it('makes room for the next image in the large view, and closes it after the last', () => {
    const { removal, imageId, setImageId, item } = start();
    setImageId('a2');
    removal.removeImages([item('a1')]);
    expect(imageId()).toBe('a2');
    removal.removeImages([item('a2')]);
    expect(imageId()).toBe('a3');
    removal.remove([tasks[0]!]);
    expect(imageId()).toBe('b1');
  });

  it('waits for the code that deletes it', () => {
    const { removal, load, button, item } = start({ isLoaded: false });
    removal.removeImages([item('a1')]);
    expect(button('a1')).not.toBeNull();
    load();
    expect(button('a1')).toBeNull();
  });
});
