/** A picture that the server has, carried by the mouse from the feed to the references. */
import type { ServerImage } from '../../api/task.ts';

/** Names what is carried; a page sees the names while it is dragged, and the rest only when it is dropped. */
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

/** For `dragover`: whether one is carried. */
export function hasDraggedImage(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes(imageDragType) ?? false;
}

/** For `drop`. Any page can offer anything under that name, so it is looked at. */
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
