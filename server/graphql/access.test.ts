import SchemaBuilder from '@pothos/core';
import { expect, it } from 'vitest';
import './access.ts';

it('refuses a schema whose root field does not declare its access, and leaves other fields alone', () => {
  const build = (options: object) => {
    const builder = new SchemaBuilder<{ DefaultFieldNullability: false }>({
      plugins: ['access'],
      defaultFieldNullability: false,
      // What the other plugins of the product require by their types is not for this one.
    } as never);
    const Thing = builder.objectRef<object>('Thing').implement({
      fields: (t) => ({ name: t.string({ resolve: () => '' }) }),
    });
    builder.queryType({
      fields: (t) => ({ thing: t.field({ type: Thing, resolve: () => ({}), ...options } as never) }),
    });
    return builder.toSchema();
  };
  expect(() => build({})).toThrow('Query.thing does not declare its access');
  expect(build({ access: 'read' }).getQueryType()?.getFields()['thing']?.extensions).toMatchObject({
    access: 'read',
  });
});
