/** Replaces a reference by a part of it; the whole picture can be taken back for as long as the part is there. */
import type { Client } from '@urql/core';
import { createMemo, createSignal } from 'solid-js';
import { graphql } from '../../api/generated/gql.ts';
import type { ServerImage } from '../../api/task.ts';
import type { Area } from './crop-area.ts';
import type { Reference, References } from './references.ts';

const CroppedImage = graphql(`
  query CroppedImage($id: ID!) {
    node(id: $id) {
      ... on Image {
        id
        thumbnailUrl
        downloadUrl
        width
        height
      }
    }
  }
`);

/** Types that every browser writes; any other becomes PNG. */
const writtenTypes: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};
/** Of JPEG and WebP. */
const quality = 0.95;

/** The whole picture of a part: a file, or an image of the server. */
type Whole = { file: File } | { image: ServerImage; name: string };

export type Cropping = ReturnType<typeof createCropping>;

export function createCropping(client: Client, references: References) {
  const [wholes, setWholes] = createSignal<ReadonlyMap<string, Whole>>(new Map());

  const imageOf = async (id: string) => {
    const { data, error } = await client.query(CroppedImage, { id }, { requestPolicy: 'network-only' });
    if (!data?.node || !('downloadUrl' in data.node)) throw error ?? new Error('The image is gone.');
    return data.node as ServerImage & { downloadUrl: string };
  };

  /** Puts another picture in the place of a reference. Returns the id of the new one; undefined where it is refused. */
  const replace = async (reference: Reference, add: () => Promise<unknown>): Promise<string | undefined> => {
    const place = references.items.findIndex(({ id }) => id === reference.id);
    if (place === -1) return undefined;
    const before = new Set(references.items.map(({ id }) => id));
    await add();
    const added = references.items.find(({ id }) => !before.has(id));
    if (!added) return undefined;
    references.move(added.id, place);
    references.remove(reference.id);
    return added.id;
  };
  const addFile = (file: File) => references.addFiles([file], references.items.length + 1);

  return {
    /** The references that are parts, and can be whole again. */
    parts: createMemo(() => references.items.filter(({ id }) => wholes().has(id))),

    /** The picture as it is uploaded, or as the server has it. Rejects where it cannot be loaded. */
    async pictureOf(reference: Reference): Promise<Blob> {
      const file = references.fileOf(reference.id);
      if (file) return file;
      if (reference.state.kind !== 'uploaded') throw new Error('The reference has no file.');
      const { downloadUrl } = await imageOf(reference.state.imageId);
      const { pathname, search } = new URL(downloadUrl);
      // The server serves downloads at each of its own addresses, wherever the images are.
      const response = await fetch(pathname + search);
      if (!response.ok) throw new Error(`The image answered ${response.status}.`);
      return response.blob();
    },

    /** Rejects where the browser cannot cut the picture. */
    async crop(reference: Reference, picture: Blob, area: Area): Promise<void> {
      const earlier = wholes().get(reference.id);
      const file = references.fileOf(reference.id);
      const whole =
        earlier ??
        (file
          ? { file }
          : reference.state.kind === 'uploaded' && {
              image: await imageOf(reference.state.imageId),
              name: reference.name,
            });
      const part = await cut(picture, area, reference.name);
      const id = await replace(reference, () => addFile(part));
      if (id !== undefined && whole) setWholes((before) => new Map([...before, [id, whole]]));
    },

    /** Puts the whole picture back. */
    async uncrop(reference: Reference): Promise<void> {
      const whole = wholes().get(reference.id);
      if (!whole) return;
      await replace(reference, async () =>
        'file' in whole ? addFile(whole.file) : references.addImage(whole.image, whole.name),
      );
    },
  };
}

async function cut(picture: Blob, { x, y, width, height }: Area, name: string): Promise<File> {
  const bitmap = await createImageBitmap(picture);
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser draws no pictures.');
  context.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
  bitmap.close();
  const type = picture.type in writtenTypes ? picture.type : 'image/png';
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  // Safari holds on to the memory of a canvas until it has no pixels.
  canvas.width = 0;
  if (!blob) throw new Error('The browser could not write the picture.');
  const ending = writtenTypes[blob.type] ?? 'png';
  return new File([blob], `${name.replace(/\.[^.]*$/, '')}.${ending}`, { type: blob.type });
}
