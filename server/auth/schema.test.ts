import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../schema.ts';

describe('Query.viewer', () => {
  const viewer = { id: '1', credentialId: '2' };
  const document = parse('{ viewer { credits } }');
  const read = (contextValue: object) => execute({ schema, document, contextValue });

  it('shows the balance that was read with the session, without a statement', async () => {
    expect(await read({ viewer: { ...viewer, credits: 7 } })).toEqual({ data: { viewer: { credits: 7 } } });
  });

  it('reads the balance where the credentials came without', async () => {
    const prisma = { user: { findUnique: async () => ({ id: '1', credits: 8 }) } };
    expect(await read({ viewer, prisma })).toEqual({ data: { viewer: { credits: 8 } } });
    expect(await read({ viewer: null })).toEqual({ data: { viewer: null } });
  });
});
