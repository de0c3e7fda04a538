import { builder } from '../graphql/builder.ts';
import { pageComplexity } from '../graphql/operation-cost.ts';
import type { Context } from '../graphql/context.ts';
import { checkedCursor } from '../graphql/global-id.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { searchWords } from '../lib/search-words.ts';
import type { Importer } from './importer.ts';
import type { ImageService } from './service.ts';

declare module '../graphql/context.ts' {
  interface Services {
    images: ImageService;
    importer: Importer;
  }
}

export const ImageSource = builder.enumType('ImageSource', {
  description: 'Where an image comes from.',
  values: {
    UPLOAD: { description: 'A file sent with `uploadImage`.' },
    IMPORT: { description: 'Fetched from an address with `importImage`.' },
    TASK: { description: 'The result of a task.' },
  } as const,
});

export const Image = builder.prismaNode('Image', {
  description: "A picture of one's own: an upload, an import, or what a task made.",
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    url: t.string({
      description: 'Signed; valid for at least 30 minutes and stable within its window, so that caches work.',
      resolve: (image, _, { images, fileUrl }) => reached(images.url(image), fileUrl),
    }),
    downloadUrl: t.string({
      description:
        'Like `url`, served by the server itself with `Content-Disposition: attachment` and a sensible file name.',
      resolve: (image, _, { images, fileUrl }) => fileUrl(images.downloadUrl(image)),
    }),
    thumbnailUrl: t.string({
      description: 'A WebP of at most 400 pixels on the long side. Signed like `url`.',
      resolve: (image, _, { images, fileUrl }) => reached(images.thumbnailUrl(image), fileUrl),
    }),
    thumbhash: t.exposeString('thumbhash', {
      description: 'Base64 ThumbHash, to paint before the picture loads.',
    }),
    width: t.exposeInt('width', { description: 'In pixels.' }),
    height: t.exposeInt('height', { description: 'In pixels.' }),
    contentType: t.exposeString('contentType', { description: '`image/png`, `image/jpeg` or `image/webp`.' }),
    byteSize: t.exposeInt('byteSize', { description: 'The size of the picture at `url`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was stored.' }),
    source: t.field({
      type: ImageSource,
      description: 'Where it comes from.',
      resolve: ({ taskId, isImported }) => (taskId !== null ? 'TASK' : isImported ? 'IMPORT' : 'UPLOAD'),
    }),
    favorite: t.boolean({
      description: 'Whether its user marked it with `setImageFavorite`.',
      // Absent in the event of a node of an earlier version.
      resolve: ({ isFavorite }) => (isFavorite as boolean | undefined) ?? false,
    }),
  }),
});

/** The address as its caller reaches it. Without a promise where there is none: many images are asked for at once. */
const reached = (url: string | Promise<string>, fileUrl: Context['fileUrl']) =>
  typeof url === 'string' ? fileUrl(url) : url.then(fileUrl);

const ImageFilter = builder.inputType('ImageFilter', {
  description: 'Which images a list shows: those that match every given field.',
  fields: (t) => ({
    source: t.field({ type: ImageSource, description: 'Where the image comes from.' }),
    favorite: t.boolean({ description: 'Only favorites, or only the others.' }),
    search: t.string({ description: 'Words of the prompt that made it, case-insensitive.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Stored after that instant, exclusive.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Stored before that instant, exclusive.' }),
  }),
});

builder.prismaObjectField('User', 'images', (t) =>
  t.prismaConnection(
    {
      type: Image,
      cursor: 'id',
      maxSize: 100,
      complexity: pageComplexity,
      description: 'Uploads, imports and results, newest first.',
      args: { filter: t.arg({ type: ImageFilter, description: 'All images where left out.' }) },
      totalCount: ({ id }, { filter }, { prisma, listLimit }) =>
        listLimit.run(id, () => prisma.image.count({ where: filtered(id, filter) })),
      resolve: ({ cursor, ...query }, { id: userId }, { filter }, { prisma, listLimit }) => {
        // Ids rise with time, so one is a place among the rows even where its own row is gone or is another user's.
        const place = cursor && checkedCursor(cursor.id);
        const beyond = place !== undefined && { id: query.take < 0 ? { gt: place } : { lt: place } };
        const where = { ...filtered(userId, filter), ...beyond };
        return listLimit.run(userId, () =>
          prisma.image.findMany({ ...query, skip: 0, where, orderBy: { id: 'desc' } }),
        );
      },
    },
    { name: 'ImageConnection' },
    { name: 'ImageEdge' },
  ),
);

/** The user's images that the filter lets through. */
function filtered(
  userId: string,
  filter: typeof ImageFilter.$inferInput | null | undefined,
): Prisma.ImageWhereInput {
  const { source, favorite, search, createdAfter, createdBefore } = filter ?? {};
  return {
    userId,
    ...(source && sources[source]),
    ...(favorite != null && { isFavorite: favorite }),
    // Every word of the search, whatever the case and the composition of its letters.
    ...(search != null && {
      task: { AND: searchWords(search).map((word) => ({ search: { text: { contains: word } } })) },
    }),
    createdAt: { ...(createdAfter && { gt: createdAfter }), ...(createdBefore && { lt: createdBefore }) },
  };
}

const sources: Readonly<Record<typeof ImageSource.$inferType, Prisma.ImageWhereInput>> = {
  UPLOAD: { taskId: null, isImported: false },
  IMPORT: { isImported: true },
  TASK: { taskId: { not: null } },
};

const StorageUse = builder.objectRef<{ usedBytes: number; limitBytes: number }>('StorageUse').implement({
  description: 'The storage that the images of a user take.',
  fields: (t) => ({
    usedBytes: t.exposeFloat('usedBytes', {
      description: 'Of uploads, imports and results; thumbnails are free.',
    }),
    limitBytes: t.exposeFloat('limitBytes', {
      description:
        'An upload or import that does not fit is refused with STORAGE_FULL. Results are stored all the same.',
    }),
  }),
});

builder.prismaObjectField('User', 'storage', (t) =>
  t.field({
    type: StorageUse,
    description: 'Bytes of stored images, and how many there may be.',
    resolve: ({ id }, _, { images }) => images.storageUse(id),
  }),
);
