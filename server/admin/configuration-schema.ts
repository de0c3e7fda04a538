import { builder } from '../graphql/builder.ts';

/** A variable of the configuration. */
interface Setting {
  name: string;
  /** Without what is secret; null where it is unset and has no default. */
  value: string | null;
}

declare module '../graphql/context.ts' {
  interface Services {
    settings: readonly Setting[];
  }
}

/** More than there are variables. */
const maxSettings = 90;

const SettingType = builder.objectRef<Setting>('Setting').implement({
  description: 'A variable of the configuration.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the variable.' }),
    value: t.exposeString('value', {
      nullable: true,
      description: 'Its value or default, `***` in place of what is secret; null where it has none.',
    }),
  }),
});

builder.queryField('settings', (t) =>
  t.field({
    type: [SettingType],
    access: 'operator',
    complexity: { multiplier: maxSettings },
    description: 'The configuration of this node, secrets masked. For operators.',
    resolve: (_, __, { settings }) => [...settings],
  }),
);
