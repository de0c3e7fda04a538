/** How much of the schema itself one operation may ask for: complexity does not look into `__schema` and `__type`. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** The fields of introspection that are lists; each counts for so many rows. */
const lists = new Set([
  'args',
  'directives',
  'enumValues',
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
  'types',
]);
const rows = 10;

/** Four times what the tools ask for, which is every fact of the schema once. */
export const maxIntrospection = 200_000;

/** The values that the operation asks of the schema, by estimate. Its document has been validated: no fragment is in itself. */
export function introspectionWeight(
  document: DocumentNode,
  operationName: string | null | undefined,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const operation = getOperationAST(document, operationName);
  if (!operation) return 0;

  /** `isWithin`: below `__schema` or `__type`, where every field counts. */
  const createWeigh = (isWithin: boolean) => {
    const known = new Map<string, number>();
    const weigh = ({ selections }: SelectionSetNode): number =>
      selections.reduce((sum, selection) => {
        if (selection.kind === Kind.INLINE_FRAGMENT) return sum + weigh(selection.selectionSet);
        if (selection.kind === Kind.FIELD) {
          const name = selection.name.value;
          if (!isWithin && name !== '__schema' && name !== '__type') return sum;
          const factor = lists.has(name) ? rows : 1;
          const within = selection.selectionSet ? weighWithin(selection.selectionSet) : 0;
          return sum + 1 + factor * within;
        }
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (!known.has(name)) known.set(name, fragment ? weigh(fragment.selectionSet) : 0);
        return sum + known.get(name)!;
      }, 0);
    return weigh;
  };
  const weighWithin = createWeigh(true);
  return createWeigh(false)(operation.selectionSet);
}
