/** The reference page of the API, in Markdown: everything that the schema has, with its descriptions. */
import {
  astFromValue,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  print,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;
type Input = GraphQLArgument | GraphQLInputField;
type Described = { description?: string | null | undefined; deprecationReason?: string | null | undefined };

/** @param schema Shown in its own order. */
export function renderReference(schema: GraphQLSchema): string {
  const roots = [
    ['Queries', schema.getQueryType()],
    ['Mutations', schema.getMutationType()],
    ['Subscriptions', schema.getSubscriptionType()],
  ] as const;
  const isRoot = (type: GraphQLNamedType) => roots.some(([, root]) => root === type);
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isRoot(type),
  );
  const kinds = [
    ['Objects', types.filter(isObjectType)],
    ['Interfaces', types.filter(isInterfaceType)],
    ['Inputs', types.filter(isInputObjectType)],
    ['Enums', types.filter(isEnumType)],
    ['Scalars', types.filter(isScalarType)],
  ] as const;
  const sections = [
    ...roots.flatMap(([title, root]) => (root ? [`## ${title}`, ...text(root), ...rootFields(root)] : [])),
    ...kinds.flatMap(([title, ofKind]) => [`## ${title}`, ...ofKind.flatMap(renderType)]),
  ];
  return `${[...introduction, ...contents(roots, kinds), ...sections].join('\n\n')}\n`;
}

const introduction = [
  '# Reference',
  'Everything in [schema.graphql](../../schema.graphql), from which `npm run schema` generates this page.',
];

function contents(
  roots: readonly (readonly [string, GraphQLObjectType | null | undefined])[],
  kinds: readonly (readonly [string, readonly GraphQLNamedType[]])[],
): string[] {
  const ofRoots = roots.flatMap(([title, root]) =>
    root
      ? [[title, Object.keys(root.getFields()).map((name) => [name, `${root.name}.${name}`])] as const]
      : [],
  );
  const ofKinds = kinds.map(([title, types]) => [title, types.map(({ name }) => [name, name])] as const);
  const lines = [...ofRoots, ...ofKinds].map(
    ([title, names]) =>
      `- ${link(title, title)}: ${names.map(([name = '', heading = '']) => link(name, heading)).join(', ')}`,
  );
  return [lines.join('\n')];
}

function rootFields(root: GraphQLObjectType): string[] {
  return Object.values(root.getFields()).flatMap((field) => [
    `### ${root.name}.${field.name}`,
    `Returns ${typeLink(field.type)}.`,
    ...text(field),
    ...table(['argument', 'type', 'description'], field.args.map(inputRow)),
  ]);
}

function renderType(type: GraphQLNamedType): string[] {
  return [`### ${type.name}`, ...text(type), ...members(type)];
}

function members(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) {
    const rows = type.getValues().map((value) => [code(value.name), cell(value)]);
    return table(['value', 'description'], rows);
  }
  if (isInputObjectType(type))
    return table(['field', 'type', 'description'], Object.values(type.getFields()).map(inputRow));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const interfaces = type.getInterfaces().map(typeLink);
  return [
    ...(interfaces.length > 0 ? [`Implements ${interfaces.join(', ')}.`] : []),
    ...table(['field', 'type', 'description'], Object.values(type.getFields()).map(fieldRow)),
  ];
}

function fieldRow(field: Field): string[] {
  const given = field.args.map((input) => `${code(input.name)} ${typeOf(input)}: ${cell(input)}`);
  return [code(field.name), typeLink(field.type), [cell(field), ...given].join('<br>')];
}

const inputRow = (input: Input): string[] => [code(input.name), typeOf(input), cell(input)];

/** The type of an input, with its default. */
function typeOf({ type, default: fallback, defaultValue }: Input): string {
  const literal = fallback?.literal ?? astFromValue(defaultValue, type);
  return typeLink(type) + (literal ? ` = ${code(print(literal))}` : '');
}

const text = (described: Described) => (described.description ? [described.description] : []);

/** A description within a table. */
function cell({ description, deprecationReason }: Described): string {
  const deprecated = deprecationReason == null ? '' : `**Deprecated:** ${deprecationReason} `;
  return `${deprecated}${description ?? ''}`.replaceAll('\n', ' ').replaceAll('|', '\\|');
}

function table(head: string[], rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [lines.join('\n')];
}

const code = (word: string) => `\`${word}\``;

/** `[Task!]!`, with a link on its name. */
function typeLink(type: GraphQLType): string {
  const { name } = getNamedType(type);
  const [before = '', after = ''] = String(type).split(name);
  return `${before.replace('[', '\\[')}${link(name, name)}${after.replace(']', '\\]')}`;
}

/** A link to a heading of the page, as GitHub names it. */
const link = (label: string, heading: string) => `[${label}](#${heading.toLowerCase().replaceAll('.', '')})`;
