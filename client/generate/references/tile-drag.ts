import { type Accessor, createSignal } from 'solid-js';

const tileDragType = 'application/x-proofsheet-tile';

/** Tiles change places while one is dragged over the others; a drag that is given up puts it back where it was. */
export function createTileDrag(options: {
  /** The ids in their order. */
  ids: () => string[];
  move: (id: string, place: number) => void;
}): {
  draggedId: Accessor<string | undefined>;
  start(event: DragEvent, id: string): void;
  /** Over the tile with this id. */
  over(id: string): void;
  end(event: DragEvent): void;
  onDragOver(event: DragEvent): void;
  onDrop(event: DragEvent): void;
} {
  const [draggedId, setDraggedId] = createSignal<string>();
  let placeBefore = 0;
  return {
    draggedId,
    start(event, id) {
      placeBefore = options.ids().indexOf(id);
      setDraggedId(id);
      event.dataTransfer?.setData(tileDragType, id);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
    },
    over(id) {
      const dragged = draggedId();
      if (dragged !== undefined && dragged !== id) options.move(dragged, options.ids().indexOf(id));
    },
    end(event) {
      const dragged = draggedId();
      setDraggedId(undefined);
      if (dragged !== undefined && event.dataTransfer?.dropEffect === 'none')
        options.move(dragged, placeBefore);
    },
    onDragOver(event) {
      if (draggedId() === undefined) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'move';
    },
    onDrop(event) {
      if (draggedId() !== undefined) event.preventDefault();
    },
  };
}
