import type { Client } from '@urql/core';
import { graphql } from './generated/gql.ts';

const LineageDocument = graphql(`
  query Lineage($id: ID!) {
    task(id: $id) {
      ...Generation
      parent {
        ...Generation
        parent {
          ...Generation
          parent {
            ...Generation
            parent {
              ...Generation
              parent {
                ...Generation
                parent {
                  ...Generation
                }
              }
            }
          }
        }
      }
    }
  }
  fragment Generation on Task {
    id
    version
    createdAt
  }
`);

/** A task that another one came from. */
export interface Ancestor {
  id: string;
  createdAt: string;
}

interface Generation extends Ancestor {
  parent?: Generation | null;
}

/** What the task came from, the nearest first, six at most; as far as it is there. Empty where it cannot be read. */
export async function readLineage(client: Client, taskId: string): Promise<Ancestor[]> {
  const { data } = await client.query(LineageDocument, { id: taskId }, { requestPolicy: 'network-only' });
  const ancestors: Ancestor[] = [];
  for (let next = (data?.task as Generation | null | undefined)?.parent; next; next = next.parent)
    ancestors.push({ id: next.id, createdAt: next.createdAt });
  return ancestors;
}
