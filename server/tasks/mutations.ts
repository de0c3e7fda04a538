import { ViewerType } from '../auth/schema.ts';
import { builder } from '../graphql/builder.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { localId } from '../graphql/global-id.ts';
import { modelName } from '../models/names.ts';
import { providerNamesText, Scene } from '../models/schema.ts';
import { type OptionName, optionNames, optionTable } from '../providers/provider.ts';
import type { User } from '../generated/prisma/client.ts';
import type { CreatedTask } from './create.ts';
import type { RequestInput } from './request.ts';
import { TaskType } from './schema.ts';
import { MediaType } from './state-types.ts';

const ImageOptionsInput = builder.inputRef<RequestInput['options']>('ImageOptionsInput').implement({
  description: 'Each within `Model.options` of the model and scene; the default applies to those left out.',
  fields: (t) => {
    const field = (name: OptionName) => {
      const { type, description } = optionTable[name];
      if (type === 'enum') return t.string({ description });
      return t.int({ description, ...(name === 'count' && { defaultValue: 1 }) });
    };
    // The type of the fields is that of the table, which `fromEntries` loses.
    return Object.fromEntries(optionNames.map((name) => [name, field(name)])) as never;
  },
});

const GenerateImageInput = builder.inputType('GenerateImageInput', {
  description: 'A request for images.',
  fields: (t) => ({
    model: t.id({ required: true, description: '`Model.id` or `Model.name`.' }),
    prompt: t.string({
      required: true,
      description: '1 to 2,000 characters, counted as Unicode code points after trimming.',
    }),
    scene: t.field({ type: Scene, required: true, description: 'One of `Model.scenes`.' }),
    provider: t.string({ description: `Where given, it must be the model's own: ${providerNamesText}.` }),
    mediaType: t.field({ type: MediaType, defaultValue: 'IMAGE', description: 'What to make.' }),
    referenceImages: t.idList({
      description:
        "Ids of `Image`s of one's own, uploads or results: at least one for IMAGE_TO_IMAGE, none for TEXT_TO_IMAGE.",
    }),
    options: t.field({ type: ImageOptionsInput, description: 'The defaults of the model where left out.' }),
    parent: t.id({
      description: "One's own task that this one repeats, varies or takes an image from.",
    }),
    providerOptions: t.field({
      type: 'JSON',
      description:
        "Further inputs of this model, by the provider's own names; unknown names and bad values are refused.",
    }),
    idempotencyKey: t.string({
      description:
        "Up to 255 characters, one's own. The same key with the same input answers with the same task and charges nothing;\n" +
        'with another input or for another operation it is refused with IDEMPOTENCY_CONFLICT. Kept for 72 hours.',
    }),
  }),
});

/** Payloads that hold a task and the viewer's new balance; the user is read where no statement of a charge returned it. */
function taskPayload(name: string) {
  const mutation = name.charAt(0).toLowerCase() + name.slice(1, -'Payload'.length);
  return builder.objectRef<CreatedTask>(name).implement({
    description: `The result of \`${mutation}\`.`,
    fields: (t) => ({
      task: t.field({ type: TaskType, description: 'The task as it is now.', resolve: ({ task }) => task }),
      viewer: t.field({
        type: ViewerType,
        description: 'The viewer, with the new balance.',
        resolve: ({ task, account }, _, { prisma }) =>
          (account as User | undefined) ?? prisma.user.findUniqueOrThrow({ where: { id: task.userId } }),
      }),
    }),
  });
}

const DeleteTaskPayload = builder.objectRef<{ deletedId: string }>('DeleteTaskPayload').implement({
  description: 'The result of `deleteTask`.',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id of the deleted task.' }) }),
});

/** The row's id; one that names no row where the global id is of another type, so that it answers like a missing one. */
const taskId = (id: string) => localId(id, 'Task') ?? '';
const own = (context: Context) => requireViewer(context).id;

// Nullable, so that a refused field leaves the payloads of the operation's other mutations in place.
builder.mutationFields((t) => ({
  generateImage: t.field({
    type: taskPayload('GenerateImagePayload'),
    nullable: true,
    access: 'charge',
    description:
      'Charges the credits and accepts the task in one transaction; the provider is called afterwards.',
    args: { input: t.arg({ type: GenerateImageInput, required: true, description: 'The request.' }) },
    resolve: (_, { input }, context) =>
      context.tasks.generate(requireViewer(context), {
        model: modelName(input.model),
        prompt: input.prompt,
        scene: input.scene,
        provider: input.provider ?? undefined,
        referenceImageIds: (input.referenceImages ?? []).map((id) => localId(id, 'Image') ?? ''),
        options: input.options ?? {},
        providerOptions: input.providerOptions,
        parentId: input.parent == null ? undefined : taskId(input.parent),
        idempotencyKey: input.idempotencyKey ?? undefined,
      }),
  }),
  cancelTask: t.field({
    type: taskPayload('CancelTaskPayload'),
    nullable: true,
    access: 'write',
    description:
      'Ends a task that is not final, here and at the provider, and refunds it. A final task comes back unchanged.',
    args: { id: t.arg.id({ required: true, description: 'The id of a task of the viewer.' }) },
    resolve: async (_, { id }, context) => ({ task: await context.tasks.cancel(own(context), taskId(id)) }),
  }),
  retryTask: t.field({
    type: taskPayload('RetryTaskPayload'),
    nullable: true,
    access: 'charge',
    description:
      'Creates a new task with the same request and charges it again. Its `parent` is the retried task, and its seed another one\n' +
      'where the server had chosen that.',
    args: {
      id: t.arg.id({ required: true, description: 'The id of a task of the viewer.' }),
      idempotencyKey: t.arg.string({
        description:
          'As for `generateImage`. The same key with the same `id` answers with the same task, also once the retried task is deleted.',
      }),
    },
    resolve: (_, { id, idempotencyKey }, context) =>
      context.tasks.retry(requireViewer(context), taskId(id), idempotencyKey ?? undefined),
  }),
  deleteTask: t.field({
    type: DeleteTaskPayload,
    nullable: true,
    access: 'write',
    description: 'Removes a final task with its images, from storage too.',
    args: { id: t.arg.id({ required: true, description: 'The id of a final task of the viewer.' }) },
    resolve: async (_, { id }, context) => {
      await context.tasks.delete(own(context), taskId(id));
      return { deletedId: id };
    },
  }),
}));
