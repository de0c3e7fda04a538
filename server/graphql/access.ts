/** Which callers may use a field. Each field of a root type declares it; the others follow from how they are reached. */
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { AppError } from '../lib/errors.ts';
import { type Context, isOperator, requireViewer } from './context.ts';

/**
 * `public`: every caller. `optional`: callers without a user, to whom the resolver shows nothing private, and those that
 * may `read`. `read` and `write`: a session, or an API key with that scope. `charge`: as `write`, within the balance and the
 * key's credit limit. `session`: no API key. `operator`: a session of a user with the role ADMIN, or such a user's API key with
 * the scope ADMIN.
 */
export type Access = 'public' | 'optional' | 'read' | 'write' | 'charge' | 'session' | 'operator';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      access: AccessPlugin<Types>;
    }
    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      access?: Access;
    }
    export interface QueryFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      access: Access;
    }
    export interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      access: Access;
    }
    export interface SubscriptionFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      access: Access;
    }
  }
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

export class AccessPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { access } = field.pothosOptions;
    const isOfRoot = ['Query', 'Mutation', 'Subscription'].includes(field.kind);
    // Not every kind of field requires the option by its type.
    if (isOfRoot && !access) throw new Error(`${field.parentType}.${field.name} does not declare its access`);
    return { ...field, extensions: { ...field.extensions, access } };
  }

  override wrapResolve(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return field.kind === 'Subscription' ? resolve : checking(resolve, field);
  }

  override wrapSubscribe(subscribe: Resolver<Types> | undefined, field: PothosOutputFieldConfig<Types>) {
    return subscribe && checking(subscribe, field);
  }
}

function checking<Types extends SchemaTypes>(
  resolve: Resolver<Types>,
  { pothosOptions: { access = 'public' } }: PothosOutputFieldConfig<Types>,
): Resolver<Types> {
  if (access === 'public') return resolve;
  return (parent, args, context, info) => {
    checkAccess(access, context as Context);
    return resolve(parent, args, context, info);
  };
}

/** @throws {AppError} UNAUTHENTICATED, or FORBIDDEN where the caller or the API key may not */
function checkAccess(access: Exclude<Access, 'public'>, context: Context): void {
  if (access === 'optional' && !context.viewer) return;
  const viewer = requireViewer(context);
  const { scopes } = viewer;
  if (access === 'operator') {
    if (isOperator(viewer)) return;
    throw new AppError(
      'FORBIDDEN',
      'Only operators may do this: a user with the role ADMIN, or their API key with the scope ADMIN.',
    );
  }
  if (!scopes) return;
  if (access === 'session')
    throw new AppError('FORBIDDEN', 'An API key may not do this. Sign in, and use the session.');
  const scope = access === 'write' || access === 'charge' ? 'WRITE' : 'READ';
  if (!scopes.includes(scope))
    throw new AppError('FORBIDDEN', `This API key lacks the scope ${scope}. Use one that has it.`);
}

SchemaBuilder.registerPlugin('access', AccessPlugin);
