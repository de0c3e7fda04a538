/** The share links of the viewer, and what changes them. */
import type { Client } from '@urql/core';
import { refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { ShareLinksQuery } from '../api/generated/graphql.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

export const ShareLinksDocument = graphql(`
  query ShareLinks {
    viewer {
      id
      shareLinks {
        id
        url
        includesPrompt
        createdAt
        task {
          id
          version
          prompt
          images {
            id
            thumbnailUrl
          }
        }
        image {
          id
          thumbnailUrl
        }
      }
    }
  }
`);

const CreateShareLinkDocument = graphql(`
  mutation CreateShareLink($input: CreateShareLinkInput!) {
    createShareLink(input: $input) {
      shareLink {
        id
        url
        includesPrompt
        task {
          id
          version
        }
        image {
          id
        }
      }
    }
  }
`);

const RevokeShareLinkDocument = graphql(`
  mutation RevokeShareLink($id: ID!) {
    revokeShareLink(id: $id) {
      revokedId
    }
  }
`);

/** A link with all that the account page shows of it. */
export type ListedShareLink = NonNullable<ShareLinksQuery['viewer']>['shareLinks'][number];

/** What a dialog needs of a link. */
export type ShareLink = Pick<ListedShareLink, 'id' | 'url' | 'includesPrompt'> & {
  task: { id: string };
  image: { id: string } | null;
};

/** What is shared: one image of the task, or all of them. */
export interface Shared {
  taskId: string;
  imageId: string | undefined;
}

export function createShareLinks(client: Client) {
  return {
    /** The links of a task or image; none where they did not load: creating one returns the one that there is. */
    async find({ taskId, imageId }: Shared): Promise<ShareLink[]> {
      const { data } = await client
        .query(ShareLinksDocument, {}, { requestPolicy: 'network-only' })
        .toPromise();
      const links = data?.viewer?.shareLinks ?? [];
      return links.filter(({ task, image }) => task.id === taskId && image?.id === imageId);
    },

    /** The link, or what went wrong, in the language of the page. */
    async create({ taskId, imageId }: Shared, includesPrompt: boolean): Promise<ShareLink | string> {
      const input = { task: taskId, image: imageId, includesPrompt };
      const { data, error } = await client.mutation(CreateShareLinkDocument, { input }).toPromise();
      return data?.createShareLink?.shareLink ?? problemOf(error);
    },

    /** Undefined once the link has ended; else what went wrong, in the language of the page. */
    async revoke(id: string): Promise<string | undefined> {
      const { error } = await client.mutation(RevokeShareLinkDocument, { id }).toPromise();
      // Revoked in another tab.
      return !error || refusalOf(error)?.code === 'NOT_FOUND' ? undefined : problemOf(error);
    },
  };
}

function problemOf(error: Parameters<typeof refusalOf>[0]): string {
  const texts = lazyMessages.sharing.problems;
  const refusal = refusalOf(error);
  if (refusal?.code === 'NETWORK') return texts.unreachable;
  if (refusal?.code === 'NOT_FOUND') return texts.gone;
  // It concerns no input in particular.
  if (refusal?.code === 'INVALID_INPUT' && refusal.field === undefined) return texts.tooMany;
  return texts.failed;
}
