import { builder } from '../graphql/builder.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { localId } from '../graphql/global-id.ts';
import type { Image as ImageRow } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';
import { Image } from './schema.ts';

/** Each picture is re-encoded, which one operation shall not ask for a hundred times. */
const complexity = 3_000;

const UploadImagePayload = builder.objectRef<{ image: ImageRow }>('UploadImagePayload').implement({
  description: 'The result of `uploadImage`.',
  fields: (t) => ({
    image: t.field({ type: Image, description: 'The stored image.', resolve: ({ image }) => image }),
  }),
});

builder.mutationField('uploadImage', (t) =>
  t.field({
    description: 'PNG, JPEG, WebP or AVIF, up to 5 MB and 40 megapixels. An AVIF is stored as WebP.',
    type: UploadImagePayload,
    nullable: true,
    access: 'write',
    complexity,
    args: { file: t.arg({ type: 'File', required: true, description: 'The picture.' }) },
    resolve: async (_, { file }, context) => {
      const { id } = requireViewer(context);
      return { image: await unlessAborted(context, context.images.upload(id, file, context.signal)) };
    },
  }),
);

const ImportImagePayload = builder.objectRef<{ image: ImageRow }>('ImportImagePayload').implement({
  description: 'The result of `importImage`.',
  fields: (t) => ({
    image: t.field({
      type: Image,
      description: 'The stored image.',
      resolve: ({ image }) => image,
    }),
  }),
});

builder.mutationField('importImage', (t) =>
  t.field({
    description: `Fetches a public http(s) address, guarded, and stores it like an upload, within the same limits.
An address that is not public, does not answer within 20 s or answers with an error is refused with INVALID_INPUT.`,
    type: ImportImagePayload,
    nullable: true,
    access: 'write',
    complexity,
    args: {
      url: t.arg.string({
        required: true,
        description:
          'On the usual port of its scheme, without user and password. At most 3 redirects are followed.',
      }),
    },
    resolve: async (_, { url }, context) => {
      const { importer, signal } = context;
      const { id: userId } = requireViewer(context);
      return { image: await unlessAborted(context, importer.importFrom(url, { userId, signal })) };
    },
  }),
);

/** Where the client has left, nothing is wrong, and no answer is read. */
async function unlessAborted<Result>({ signal }: Context, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted) throw new AppError('INVALID_INPUT', 'The request was aborted.');
    throw error;
  }
}

const DeleteImagePayload = builder.objectRef<{ deletedId: string }>('DeleteImagePayload').implement({
  description: 'The result of `deleteImage`.',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id of the deleted image.' }) }),
});

builder.mutationField('deleteImage', (t) =>
  t.field({
    description: `Removes an image of one's own, from storage too; tasks that were made from it keep their record.
A task that starts from it and has not been sent to its provider yet fails with REFERENCE_UNUSABLE and is refunded.`,
    type: DeleteImagePayload,
    nullable: true,
    access: 'write',
    args: { id: t.arg.id({ required: true, description: "The id of one of the viewer's images." }) },
    resolve: async (_, { id }, context) => {
      await context.images.remove(requireViewer(context).id, localId(id, 'Image') ?? '');
      return { deletedId: id };
    },
  }),
);

const SetImageFavoritePayload = builder.objectRef<{ image: ImageRow }>('SetImageFavoritePayload').implement({
  description: 'The result of `setImageFavorite`.',
  fields: (t) => ({
    image: t.field({ type: Image, description: 'The image as it is now.', resolve: ({ image }) => image }),
  }),
});

builder.mutationField('setImageFavorite', (t) =>
  t.field({
    description: `Marks an image of one's own as a favorite, or no longer: \`ImageFilter.favorite\` and \`TaskFilter.favorite\` find it.
An installation that deletes old images keeps favorites.`,
    type: SetImageFavoritePayload,
    nullable: true,
    access: 'write',
    args: {
      id: t.arg.id({ required: true, description: "The id of one of the viewer's images." }),
      favorite: t.arg.boolean({ required: true, description: 'Whether it is one.' }),
    },
    resolve: async (_, { id, favorite }, context) => ({
      image: await context.images.setFavorite(
        requireViewer(context).id,
        localId(id, 'Image') ?? '',
        favorite,
      ),
    }),
  }),
);
