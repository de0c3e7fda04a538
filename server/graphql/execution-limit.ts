/**
 * Bounds the execution itself. Nothing outside can interrupt a blocked event loop, so the resolvers do it: they count, and
 * the lists of a large operation are answered item by item, with yields between the items.
 */
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { AppError } from '../lib/errors.ts';
import { limits, maxRows, type PageArguments } from './operation-cost.ts';
import { createCooperativeYield } from './cooperative-yield.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      executionLimit: ExecutionLimitPlugin<Types>;
    }
  }
}

/** Fewer fields take less than a millisecond, which yielding would only lengthen. */
const fieldsWithoutYield = 200;

interface Operation {
  /** Resolved so far; of a subscription, for the event. */
  fields: number;
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

export class ExecutionLimitPlugin<Types extends SchemaTypes> extends BasePlugin<Types, Operation> {
  readonly #yieldToOthers = createCooperativeYield();

  protected override createRequestData(): Operation {
    return { fields: 0 };
  }

  override wrapResolve(
    resolve: Resolver<Types>,
    { type, kind, args: fieldArguments }: PothosOutputFieldConfig<Types>,
  ): Resolver<Types> {
    const isObjectList = type.kind === 'List' && ['Object', 'Interface'].includes(type.type.kind);
    const isPage = 'first' in fieldArguments && 'last' in fieldArguments;
    return (parent, args, context, info) => {
      const operation = this.requestData(context);
      if (kind === 'Subscription') operation.fields = 0;
      operation.fields += 1;
      // The estimate before the execution is from above: this ends what it failed to foresee.
      if (operation.fields > limits.values)
        throw new AppError('QUERY_TOO_COMPLEX', 'This operation has more to answer than one may.');
      if (isPage) checkPage(args);
      const value: unknown = resolve(parent, args, context, info);
      if (!isObjectList) return value;
      return value instanceof Promise
        ? value.then((items) => this.#yielding(operation, items))
        : this.#yielding(operation, value);
    };
  }

  #yielding(operation: Operation, items: unknown): unknown {
    if (!Array.isArray(items) || operation.fields <= fieldsWithoutYield) return items;
    return items.map((item) => this.#yieldToOthers(operation).then(() => item));
  }
}

/** @throws {AppError} INVALID_INPUT */
function checkPage({ first, last }: PageArguments): void {
  if (first != null && last != null)
    throw new AppError('INVALID_INPUT', 'Ask for `first` or for `last`, not for both.', 'last');
  for (const [field, rows] of Object.entries({ first, last }))
    if (rows != null && (rows < 1 || rows > maxRows))
      throw new AppError('INVALID_INPUT', `A page has 1 to ${maxRows} rows. Ask for the next one.`, field);
}

SchemaBuilder.registerPlugin('executionLimit', ExecutionLimitPlugin);
