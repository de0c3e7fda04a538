/** What subscriptions share on a node: the execution of an event among equal operations, and its plan among similar ones. */
import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  getOperationAST,
  getVariableValues,
  Kind,
  type ValidatedSubscriptionArgs,
  visit,
} from 'graphql';
import type { Context } from './context.ts';
import { EventPlan } from './event-plan.ts';

/** A subscriber that reads late gets an estimate of the progress, and signed addresses, that are not older. */
const maxAgeMs = 1_000;

/** The result of an event for equal operations. */
export interface Shared {
  event: object;
  /** The subscription that executed it. */
  owner: object;
  madeAtMs: number;
  result: ExecutionResult | Promise<ExecutionResult>;
  /** The result as JSON, once a transport has sent it. */
  text?: string;
}

/** The same document and caller, and the same variables unless only the root field takes them: graphql plans these once. */
interface Plan {
  args: { -readonly [Key in keyof ValidatedSubscriptionArgs]: ValidatedSubscriptionArgs[Key] };
  readonly key: string;
  readonly events: EventPlan;
  readonly groups: Map<string, OperationGroup>;
}

export type OperationGroups = ReturnType<typeof createOperationGroups>;

export function createOperationGroups() {
  const plans = new Map<string, Plan>();
  const numberOf = createNumbering();
  return {
    /** The group of the operation, which leaves it at its end. */
    join(args: ExecutionArgs, validated: ValidatedSubscriptionArgs): OperationGroup {
      const { document, operationName, variableValues } = args;
      const { viewer, fileUrl } = args.contextValue as Context;
      const caller = [viewer?.id, viewer?.apiKeyId, viewer?.scopes, numberOf(fileUrl)];
      const variables = JSON.stringify(variableValues) ?? '';
      const ofPlan = takesVariablesAtRoot(document, operationName) ? null : variables;
      const key = JSON.stringify([numberOf(document), operationName, caller, ofPlan]);
      const plan = plans.get(key) ?? {
        key,
        args: { ...validated, contextValue: withoutTransport(args.contextValue as object) },
        events: new EventPlan(validated),
        groups: new Map(),
      };
      plans.set(key, plan);
      const group = plan.groups.get(variables) ?? new OperationGroup(plan, variables);
      plan.groups.set(variables, group);
      group.members += 1;
      return group;
    },
    leave(group: OperationGroup): void {
      group.members -= 1;
      if (group.members > 0) return;
      const { plan, key } = group;
      plan.groups.delete(key);
      if (plan.groups.size === 0) plans.delete(plan.key);
    },
  };
}

/** Equal operations. A class, because there are thousands. */
export class OperationGroup {
  readonly plan: Plan;
  /** Within the plan: the variables as JSON, which takes less memory than what graphql makes of them. */
  readonly key: string;
  #last: Shared | undefined;
  members = 0;

  constructor(plan: Plan, key: string) {
    this.plan = plan;
    this.key = key;
  }

  /** Executes the operation for the event, or finds the result of an equal operation. */
  share(event: object, owner: object): Shared {
    const madeAtMs = performance.now();
    const last = this.#last;
    if (last && last.event === event && madeAtMs - last.madeAtMs <= maxAgeMs) return last;
    const shared: Shared = { event, owner, madeAtMs, result: this.execute(event) };
    if (shared.result instanceof Promise)
      shared.result = shared.result.then((result) => (shared.result = result));
    // A group of one does not hold the event.
    this.#last = this.members > 1 ? shared : undefined;
    return shared;
  }

  execute(event: object): ExecutionResult | Promise<ExecutionResult> {
    const { plan } = this;
    const result = plan.events.run(event, plan.args.contextValue);
    return result ?? this.#executeByGraphQL(event);
  }

  #executeByGraphQL(event: object): ExecutionResult | Promise<ExecutionResult> {
    const { plan } = this;
    plan.args.variableValues = this.#variableValues();
    plan.args.rootValue = event;
    const result = executeSubscriptionEvent(plan.args);
    // The execution that goes on reads them, and counts its fields by its context.
    if (result instanceof Promise)
      plan.args = { ...plan.args, contextValue: { ...(plan.args.contextValue as object) } };
    else plan.args.rootValue = undefined;
    return result;
  }

  #variableValues(): ValidatedSubscriptionArgs['variableValues'] {
    const { schema, operation } = this.plan.args;
    const raw = (this.key === '' ? {} : JSON.parse(this.key)) as Record<string, unknown>;
    const { variableValues, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      raw ?? {},
    );
    if (errors) throw errors[0]!; // They were valid when it began.
    return variableValues;
  }
}

function createNumbering() {
  const numbers = new WeakMap<object, number>();
  let count = 0;
  return (value: object): number | undefined => {
    if (!numbers.has(value)) numbers.set(value, (count += 1));
    return numbers.get(value);
  };
}

/** What a transport adds to the context: it ends with a request, and events come later. */
const ofTransport: ReadonlySet<string> = new Set([
  'req',
  'res',
  'request',
  'headers',
  'params',
  'admission',
  'signal',
  'textTransport',
  'onSubscriptionEnd',
]);

function withoutTransport(context: object): object {
  return Object.fromEntries(Object.entries(context).filter(([name]) => !ofTransport.has(name)));
}

/** Whether variables are only in arguments of the root fields, so that what is selected of an event depends on none. */
function takesVariablesAtRoot(document: DocumentNode, operationName: string | null | undefined): boolean {
  const operation = getOperationAST(document, operationName);
  if (!operation) return false;
  return (
    !document.definitions.some((node) => node.kind === Kind.FRAGMENT_DEFINITION && hasVariables(node)) &&
    operation.selectionSet.selections.every(
      (node) =>
        node.kind === Kind.FIELD &&
        !node.directives?.some(hasVariables) &&
        (!node.selectionSet || !hasVariables(node.selectionSet)),
    )
  );
}

function hasVariables(node: ASTNode): boolean {
  let isFound = false;
  const onVariable = () => {
    isFound = true;
    return BREAK;
  };
  visit(node, { Variable: onVariable });
  return isFound;
}
