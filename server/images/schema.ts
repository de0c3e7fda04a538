import { builder } from '../graphql/builder.ts';
import { requireViewer } from '../graphql/context.ts';
import type { Image as ImageRow } from '../generated/prisma/client.ts';

export const Image = builder.prismaNode('Image', {
  description: "A picture of one's own: an upload, or what a task made.",
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    url: t.string({
      description: 'Signed; valid for at least 30 minutes and stable within its window, so that caches work.',
      resolve: (image, _, { images }) => images.url(image),
    }),
    downloadUrl: t.string({
      description: 'Like `url`, answered with `Content-Disposition: attachment` and a sensible file name.',
      resolve: (image, _, { images }) => images.downloadUrl(image),
    }),
    thumbnailUrl: t.string({
      description: 'A WebP of at most 400 pixels on the long side. Signed like `url`.',
      resolve: (image, _, { images }) => images.thumbnailUrl(image),
    }),
    thumbhash: t.exposeString('thumbhash', {
      description: 'Base64 ThumbHash, to paint before the picture loads.',
    }),
    width: t.exposeInt('width', { description: 'In pixels.' }),
    height: t.exposeInt('height', { description: 'In pixels.' }),
    contentType: t.exposeString('contentType', { description: '`image/png`, `image/jpeg` or `image/webp`.' }),
    byteSize: t.exposeInt('byteSize', { description: 'Of the picture behind `url`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

const UploadImagePayload = builder.objectRef<{ image: ImageRow }>('UploadImagePayload').implement({
  fields: (t) => ({ image: t.field({ type: Image, resolve: ({ image }) => image }) }),
});

builder.mutationField('uploadImage', (t) =>
  t.field({
    description: 'PNG, JPEG or WebP, up to 5 MB.',
    type: UploadImagePayload,
    nullable: true,
    // Each is re-encoded, which one operation shall not ask for a hundred times.
    complexity: 3_000,
    args: { file: t.arg({ type: 'File', required: true }) },
    resolve: async (_, { file }, context) => {
      const viewer = requireViewer(context);
      return { image: await context.images.upload(viewer.id, file) };
    },
  }),
);
