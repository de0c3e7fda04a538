import { PGlite } from '@electric-sql/pglite';
import { graphql } from 'graphql';
import { v7 as uuid } from 'uuid';
import { expect, it, onTestFinished, vi } from 'vitest';
import { mostImages, mostReferenceImages } from '../models/catalogue.ts';
import { schema } from '../schema.ts';
import { addUser, newImage, openTaskStore } from '../../tests/support/tasks.ts';
import type { Context } from './context.ts';
import { maxRows, nodeValues } from './operation-cost.ts';

const { database, store, acceptFor } = await openTaskStore();
const { prisma } = database;
const models = {
  find: (name: string) => (name === 'm' ? { name } : undefined),
  providers: () => [],
};
const tasks = { find: (userId: string, id: string) => store.find(id, userId) };

function nodes(userId: string, ids: string[]) {
  const source = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Image { width } } }';
  const contextValue = { prisma, models, tasks, viewer: { id: userId } } as unknown as Context;
  return graphql({ schema, source, contextValue, variableValues: { ids } });
}

const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');

it('answers in the order of the ids, with null for what is missing, malformed or foreign', async () => {
  const [userId, stranger] = await Promise.all([addUser(prisma, 100), addUser(prisma, 100)]);
  const [own, foreign] = [newImage(userId), newImage(stranger)];
  await prisma.image.createMany({ data: [own, foreign] });
  const [task, foreignTask] = [await acceptFor(userId), await acceptFor(stranger)];
  const [image, accepted, model] = [
    globalId('Image', own.id),
    globalId('Task', task.id),
    globalId('Model', 'm'),
  ];
  const none = [
    globalId('Image', foreign.id),
    globalId('Image', uuid()),
    globalId('Task', uuid()),
    globalId('Task', foreignTask.id),
    globalId('Model', 'n'),
    globalId('Provider', 'p'),
    globalId('TaskFailure', task.id),
    globalId('Viewer', stranger),
    'nonsense',
    '',
  ];
  const { data, errors } = await nodes(userId, [image, ...none, accepted, model, image]);
  expect(errors).toBeUndefined();
  expect(data?.['nodes']).toEqual([
    { id: image, __typename: 'Image', width: own.width },
    ...none.map(() => null),
    { id: accepted, __typename: 'Task' },
    { id: model, __typename: 'Model' },
    { id: image, __typename: 'Image', width: own.width },
  ]);
});

it('reads the rows of a type in one statement', async () => {
  const userId = await addUser(prisma, 0);
  const images = Array.from({ length: maxRows }, () => newImage(userId));
  await prisma.image.createMany({ data: images });
  const query = vi.spyOn(PGlite.prototype, 'query');
  onTestFinished(() => query.mockRestore());
  const ids = [uuid(), ...images.slice(1).map(({ id }) => id)].map((id) => globalId('Image', id));
  const { data } = await nodes(userId, ids);
  expect((data?.['nodes'] as unknown[] | undefined)?.filter(Boolean)).toHaveLength(maxRows - 1);
  expect(query).toHaveBeenCalledOnce();
});

it('refuses more ids than a page has rows', async () => {
  const { errors } = await nodes(
    '',
    Array.from({ length: maxRows + 1 }, () => ''),
  );
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', field: 'ids' });
});

it('counts a task by id with all of its pictures', () => {
  expect(nodeValues).toBeGreaterThanOrEqual(1 + mostImages + mostReferenceImages);
});
