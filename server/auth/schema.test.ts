import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../schema.ts';

describe('Query.viewer', () => {
  const account = { id: '1', name: 'Tester', email: 'a@example.test', credits: 7 };
  const viewer = { id: '1', credentialId: '2' };
  const document = parse('{ viewer { name email credits } }');
  const read = (contextValue: object) => execute({ schema, document, contextValue });

  it('shows the account that was read with the credentials, without a statement', async () => {
    expect(await read({ viewer: { ...viewer, account } })).toEqual({
      data: { viewer: { name: 'Tester', email: 'a@example.test', credits: 7 } },
    });
  });

  it('reads the account where the credentials came without', async () => {
    const prisma = { user: { findUnique: async () => ({ ...account, credits: 8 }) } };
    expect(await read({ viewer, prisma })).toMatchObject({ data: { viewer: { credits: 8 } } });
    expect(await read({ viewer: null })).toEqual({ data: { viewer: null } });
  });
});
