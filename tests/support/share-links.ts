/** Share links, as a caller of the API makes them. */
import type { Caller } from './api.ts';

export interface ShareLinkData {
  id: string;
  url: string;
  includesPrompt: boolean;
  task: { id: string };
  image: { id: string } | null;
}

export const shareDocument = `mutation ($input: CreateShareLinkInput!) {
  createShareLink(input: $input) { shareLink { id url includesPrompt task { id } image { id } } } }`;
export const revokeDocument = 'mutation ($id: ID!) { revokeShareLink(id: $id) { revokedId } }';

export async function share(
  caller: Caller,
  input: { task: string; image?: string; includesPrompt?: boolean | null },
): Promise<ShareLinkData> {
  const { createShareLink } = await caller.ask<{ createShareLink: { shareLink: ShareLinkData } }>(
    shareDocument,
    { input },
  );
  return createShareLink.shareLink;
}

export async function shareLinksOf(caller: Caller): Promise<ShareLinkData[]> {
  const { viewer } = await caller.ask<{ viewer: { shareLinks: ShareLinkData[] } }>(
    '{ viewer { shareLinks { id url includesPrompt task { id } image { id } } } }',
  );
  return viewer.shareLinks;
}
