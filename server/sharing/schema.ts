import { builder } from '../graphql/builder.ts';
import { requireViewer } from '../graphql/context.ts';
import { localId } from '../graphql/global-id.ts';
import type { ShareLink as LinkRow } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';
import { taskComplexity, TaskType } from '../tasks/schema.ts';
import { maxShareLinks, type SharingService } from './service.ts';

declare module '../graphql/context.ts' {
  interface Services {
    sharing: SharingService;
  }
}

const ShareLink = builder.prismaNode('ShareLink', {
  description:
    'A public page of a task or of one of its images; everybody who has the address sees it until it is revoked.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    url: t.string({
      description: 'The address of the page. It ends with the task or image that it shows.',
      resolve: (link, _, { sharing, fileUrl }) => fileUrl(sharing.url(link)),
    }),
    task: t.field({
      type: TaskType,
      complexity: taskComplexity,
      description: 'The task whose images it shows.',
      resolve: async ({ taskId, userId }, _, { tasks }) => {
        const task = await tasks.find(userId, taskId);
        // Deleted since the link was read, and the link with it.
        if (!task) throw new AppError('NOT_FOUND', 'There is no such task.');
        return task;
      },
    }),
    image: t.relation('image', { nullable: true, description: 'Null where the whole task is shared.' }),
    includesPrompt: t.exposeBoolean('includesPrompt', { description: 'Whether the page shows the prompt.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

builder.prismaObjectField('User', 'shareLinks', (t) =>
  t.prismaField({
    type: [ShareLink],
    complexity: { multiplier: maxShareLinks },
    description: `At most ${maxShareLinks}, newest first.`,
    resolve: (query, { id: userId }, _, { prisma }) =>
      prisma.shareLink.findMany({ ...query, where: { userId }, orderBy: { id: 'desc' } }),
  }),
);

const CreateShareLinkInput = builder.inputType('CreateShareLinkInput', {
  description: 'What to share.',
  fields: (t) => ({
    task: t.id({ required: true, description: "The id of a task of one's own that has succeeded." }),
    image: t.id({ description: 'One image of the task; the whole task where left out.' }),
    includesPrompt: t.boolean({ defaultValue: true, description: 'Whether the page shows the prompt.' }),
  }),
});

const CreateShareLinkPayload = builder.objectRef<{ shareLink: LinkRow }>('CreateShareLinkPayload').implement({
  description: 'The result of `createShareLink`.',
  fields: (t) => ({
    shareLink: t.field({
      type: ShareLink,
      description: 'The link.',
      resolve: ({ shareLink }) => shareLink,
    }),
  }),
});

const RevokeShareLinkPayload = builder.objectRef<{ revokedId: string }>('RevokeShareLinkPayload').implement({
  description: 'The result of `revokeShareLink`.',
  fields: (t) => ({ revokedId: t.exposeID('revokedId', { description: 'The id as given.' }) }),
});

builder.mutationFields((t) => ({
  createShareLink: t.field({
    type: CreateShareLinkPayload,
    nullable: true,
    access: 'write',
    description: `Makes a public page of a task or of one of its images. The same input returns the same link, until it is revoked.
A user has ${maxShareLinks} at most.`,
    args: { input: t.arg({ type: CreateShareLinkInput, required: true, description: 'What to share.' }) },
    resolve: async (_, { input: { task, image, includesPrompt } }, context) => ({
      shareLink: await context.sharing.create(requireViewer(context).id, {
        taskId: localId(task, 'Task') ?? '',
        imageId: image == null ? null : (localId(image, 'Image') ?? ''),
        includesPrompt: includesPrompt ?? true,
      }),
    }),
  }),
  revokeShareLink: t.field({
    type: RevokeShareLinkPayload,
    nullable: true,
    access: 'write',
    description: 'Ends a link at once: its page and pictures answer with 404.',
    args: { id: t.arg.id({ required: true, description: 'The id of a link of the viewer.' }) },
    resolve: async (_, { id }, context) => {
      await context.sharing.revoke(requireViewer(context).id, localId(id, 'ShareLink') ?? '');
      return { revokedId: id };
    },
  }),
}));
