import { graphql } from 'graphql';
import { expect, it } from 'vitest';
import { withCalls } from '../../tests/support/databases.ts';
import { addUser, openTaskStore } from '../../tests/support/tasks.ts';
import type { Context } from '../graphql/context.ts';
import { schema } from '../schema.ts';

const { database } = await openTaskStore();

it('answers with the account that was read with the credentials, and otherwise reads it once', async () => {
  const id = await addUser(database.prisma, 20);
  const account = { id, name: 'Tester', email: `${id}@example.test`, credits: 20 };
  const { prisma, calls } = withCalls(database.prisma);
  const ask = (viewer: object) =>
    graphql({
      schema,
      source: '{ viewer { name email credits } }',
      contextValue: { prisma, viewer } as unknown as Context,
    });
  const { id: _, ...shown } = account;
  expect((await ask({ id, account })).data).toEqual({ viewer: shown });
  expect(calls).toEqual([]);
  expect((await ask({ id })).data).toEqual({ viewer: shown });
  expect(calls).toEqual(['User.findUnique']);
});
