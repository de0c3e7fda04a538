/**
 * Executes the events of a subscription by a plan that is made once: the resolver, arguments and type of each field. It
 * covers what most changes of a task are: fields of object types, without directives, promises, errors and items that are
 * objects. graphql executes everything else, from the start.
 */
import {
  type FieldNode,
  getArgumentValues,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValidatedSubscriptionArgs,
} from 'graphql';

/** Thrown where this event is not covered. Constants, because an error captures its stack. */
const notThisEvent = Symbol('not this event');
/** Thrown where the operation is not covered. */
const noEvent = Symbol('no event');

type Path = GraphQLResolveInfo['path'];
/** What a resolver gets of one execution. */
const ofOneExecution = ['rootValue', 'variableValues', 'getAbortSignal', 'getAsyncHelpers'];

type Data = Record<string, unknown>;
type Complete = (value: unknown, context: unknown) => unknown;

interface PlannedField {
  name: string;
  resolve: GraphQLFieldResolver<unknown, unknown>;
  args: object;
  info: GraphQLResolveInfo;
  complete: Complete;
}

/** Where several operations share it, they differ in the variables of their root field only. */
export class EventPlan {
  #read: ((event: object, context: unknown) => Data) | undefined;

  constructor(args: ValidatedSubscriptionArgs) {
    try {
      this.#read = new Planner(args).planOperation();
    } catch (reason) {
      if (reason !== noEvent) throw reason;
    }
  }

  /** @returns the result; undefined where graphql has to execute the event */
  run(event: object, context: unknown): { data: Data } | undefined {
    try {
      return this.#read && { data: this.#read(event, context) };
    } catch (reason) {
      // Where a resolver fails, graphql runs it again, and reports the error with its place.
      if (reason === noEvent) this.#read = undefined;
      return undefined;
    }
  }
}

function stop(reason: symbol): never {
  throw reason;
}

class Planner {
  // Not the context and the root value, which are those of the first of the operations.
  readonly #args: Pick<
    ValidatedSubscriptionArgs,
    'schema' | 'operation' | 'fragmentDefinitions' | 'variableValues' | 'fieldResolver'
  >;

  constructor({
    schema,
    operation,
    fragmentDefinitions,
    variableValues,
    fieldResolver,
  }: ValidatedSubscriptionArgs) {
    this.#args = { schema, operation, fragmentDefinitions, variableValues, fieldResolver };
  }

  planOperation() {
    const { schema, operation } = this.#args;
    return this.#object(schema.getSubscriptionType() ?? stop(noEvent), [operation]);
  }

  #object(
    type: GraphQLObjectType,
    nodes: readonly { selectionSet?: SelectionSetNode | undefined }[],
    path?: Path,
  ) {
    const selected = new Map<string, FieldNode[]>();
    for (const { selectionSet } of nodes) this.#collect(type, selectionSet!, selected);
    const fields = [...selected].map(([name, nodes]) => this.#field(type, nodes, { name, prev: path }));
    return (source: unknown, context: unknown): Data => {
      const data: Data = {};
      for (const { name, resolve, args, info, complete } of fields)
        data[name] = complete(resolve(source, args, context, info), context);
      return data;
    };
  }

  /** Adds the fields of the type by their names in the result. */
  #collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    selected: Map<string, FieldNode[]>,
  ): void {
    for (const node of selections) {
      if (node.directives?.length) stop(noEvent);
      if (node.kind === Kind.FIELD) {
        const name = node.alias?.value ?? node.name.value;
        // It would not become a field of the result.
        if (name === '__proto__') stop(noEvent);
        selected.set(name, [...(selected.get(name) ?? []), node]);
        continue;
      }
      const { typeCondition, selectionSet, directives } =
        node.kind === Kind.INLINE_FRAGMENT ? node : this.#args.fragmentDefinitions[node.name.value]!;
      const isOther = typeCondition && typeCondition.name.value !== type.name;
      if (isOther || directives?.length) stop(noEvent);
      this.#collect(type, selectionSet, selected);
    }
  }

  #field(
    parentType: GraphQLObjectType,
    fieldNodes: FieldNode[],
    { name, prev }: { name: string; prev: Path | undefined },
  ): PlannedField {
    const { schema, operation, fragmentDefinitions, variableValues, fieldResolver } = this.#args;
    const field = schema.getField(parentType, fieldNodes[0]!.name.value) ?? stop(noEvent);
    const constant = {
      fieldName: field.name,
      fieldNodes,
      returnType: field.type,
      parentType,
      path: { prev, key: name, typename: parentType.name },
      schema,
      fragments: fragmentDefinitions,
      operation,
    };
    const info = Object.assign(unread(ofOneExecution) as GraphQLResolveInfo, constant);
    return {
      name,
      resolve: field.resolve ?? fieldResolver,
      // Operations that share the plan differ in the arguments of the root field.
      args: prev
        ? getArgumentValues(field, fieldNodes[0]!, variableValues)
        : unread(field.args.map(({ name }) => name)),
      info,
      complete: this.#value(field.type, info),
    };
  }

  #value(type: GraphQLOutputType, info: GraphQLResolveInfo): Complete {
    if (isNonNullType(type)) {
      const complete = this.#value(type.ofType, info);
      return (value, context) => complete(value, context) ?? stop(notThisEvent);
    }
    const complete = this.#nonNull(type, info);
    return (value, context) => {
      if (value == null) return null;
      if (typeof value === 'object' && 'then' in value) {
        void Promise.resolve(value).catch(() => {}); // graphql asks again.
        return stop(noEvent);
      }
      return value instanceof Error ? stop(notThisEvent) : complete(value, context);
    };
  }

  #nonNull(type: GraphQLOutputType, info: GraphQLResolveInfo): Complete {
    if (isLeafType(type)) return (value) => type.coerceOutputValue(value) ?? stop(notThisEvent);
    if (isListType(type))
      return (value) => (Array.isArray(value) && value.length === 0 ? [] : stop(notThisEvent));
    if (!isObjectType(type)) return stop(noEvent);
    const read = this.#object(type, info.fieldNodes, info.path);
    return (value, context) =>
      type.isTypeOf && type.isTypeOf(value, context, info) !== true
        ? stop(notThisEvent)
        : read(value, context);
  }
}

/** Properties that a resolver of a covered event does not read. */
function unread(names: readonly string[]): object {
  const get = () => stop(noEvent);
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { get, enumerable: true }])),
  );
}
