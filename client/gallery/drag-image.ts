/** Drag and drop of an image of the feed to the references. */
import type { ServerImage } from '../api/task.ts';

/** The type of the dragged data. The browser reveals types during the drag, and data only on drop. */
const imageDragType = 'application/x-proofsheet-image';

export interface DraggedImage {
  image: ServerImage;
  name: string;
}

/** For `dragstart`. */
export function setDraggedImage(event: DragEvent, { image, name }: DraggedImage): void {
  if (!event.dataTransfer) return;
  const { id, thumbnailUrl, width, height } = image;
  const carried: DraggedImage = { image: { id, thumbnailUrl, width, height }, name };
  event.dataTransfer.setData(imageDragType, JSON.stringify(carried));
  event.dataTransfer.effectAllowed = 'copy';
}

/** For `dragover`: whether an image is dragged. */
export function hasDraggedImage(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes(imageDragType) ?? false;
}

/** For `drop`. Validated, as any page can set data of that type. */
export function readDraggedImage(event: DragEvent): DraggedImage | undefined {
  try {
    const { image, name } = JSON.parse(event.dataTransfer?.getData(imageDragType) ?? '') as DraggedImage;
    const isWhole =
      [image.id, image.thumbnailUrl, name].every((text) => typeof text === 'string') &&
      [image.width, image.height].every((side) => Number.isFinite(side) && side > 0);
    return isWhole ? { image, name } : undefined;
  } catch {
    return undefined;
  }
}
