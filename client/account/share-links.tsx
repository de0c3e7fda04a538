/** The share links of the user: what each shows, and its end. */
import type { Client } from '@urql/core';
import { createSignal, createUniqueId, Match, Show, Switch } from 'solid-js';
import { createPaginatedList } from '../api/paginated-list.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { createShareLinks, type ListedShareLink, ShareLinksDocument } from '../sharing/share-links.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { ForKeyed } from '../ui/for-keyed.tsx';
import { LoadFailure } from '../ui/load-failure.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { Fact, Instant, RequestDialog } from './integration-section.tsx';
import './share-links.css';

interface ShareLinksProps {
  client: Client;
  viewerId: string;
  toasts: Toasts;
}

export function ShareLinks(props: ShareLinksProps) {
  const texts = lazyMessages.sharing;
  const id = createUniqueId();
  const list = createPaginatedList({
    viewerId: () => props.viewerId,
    query: (_, requestPolicy) => props.client.query(ShareLinksDocument, {}, { requestPolicy }),
    pageOf: ({ shareLinks }) => ({ shareLinks, pageInfo: { hasNextPage: false, endCursor: null } }),
  });
  const [revoking, setRevoking] = createSignal<ListedShareLink>();
  let heading: HTMLHeadingElement | undefined;

  return (
    <section class="integrations" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {texts.listTitle}
      </h2>
      <Switch>
        <Match when={list.status() === 'loading'}>
          <p class="hint" role="status">
            {texts.loading}
          </p>
        </Match>
        <Match when={list.status() === 'failed'}>
          <LoadFailure class="account-failed" text={texts.listFailed} onRetry={list.refresh} />
        </Match>
        <Match when={list.page()?.shareLinks.length === 0}>
          <p class="hint">{texts.empty}</p>
        </Match>
        <Match when={true}>
          <ul class="integration-list">
            <ForKeyed each={list.page()?.shareLinks ?? []} keyOf={(link) => link.id}>
              {(link) => (
                <ShareLinkItem link={link()} toasts={props.toasts} onRevoke={() => setRevoking(link())} />
              )}
            </ForKeyed>
          </ul>
        </Match>
      </Switch>
      <RevokeDialog
        client={props.client}
        link={revoking()}
        onClose={() => setRevoking(undefined)}
        onRevoked={() => {
          // The button that had the focus goes with its link.
          heading?.focus();
          props.toasts.show({ text: texts.stopped });
        }}
      />
    </section>
  );
}

/** Open while there is a link to revoke. */
function RevokeDialog(props: {
  client: Client;
  link: ListedShareLink | undefined;
  onClose: () => void;
  onRevoked: () => void;
}) {
  const texts = lazyMessages.sharing;
  const revoke = async () => {
    if (!props.link) return undefined;
    const problem = await createShareLinks(props.client).revoke(props.link.id);
    if (problem !== undefined) return { text: problem };
    props.onClose();
    props.onRevoked();
    return undefined;
  };
  return (
    <RequestDialog
      open={props.link !== undefined}
      title={texts.stopTitle}
      action={texts.stop}
      send={revoke}
      onClose={() => props.onClose()}
    >
      {() => <p>{texts.stopHint}</p>}
    </RequestDialog>
  );
}

function ShareLinkItem(props: { link: ListedShareLink; toasts: Toasts; onRevoke: () => void }) {
  const texts = lazyMessages.sharing;
  const shown = () => props.link.image ?? props.link.task.images[0];
  const copy = () =>
    copyText(props.link.url, { copied: texts.copied, failed: texts.notCopied }, props.toasts);
  return (
    <li class="integration share-link">
      <Show when={shown()}>
        {(image) => <img class="share-link-picture" src={image().thumbnailUrl} alt="" loading="lazy" />}
      </Show>
      <div class="share-link-details">
        <h3 dir="auto">{props.link.task.prompt}</h3>
        <p class="share-link-address">{props.link.url}</p>
        <dl class="integration-facts">
          <Fact label={texts.shows}>
            {texts.what(props.link.image ? 1 : props.link.task.images.length, props.link.includesPrompt)}
          </Fact>
          <Fact label={texts.createdAt}>
            <Instant at={props.link.createdAt} />
          </Fact>
        </dl>
        <div class="integration-actions">
          <Button kind="quiet" label={texts.copyNamed(props.link.task.prompt)} onClick={() => void copy()}>
            {texts.copy}
          </Button>
          <a class="button button-quiet" href={props.link.url} target="_blank" rel="noopener">
            {texts.open}
            <span class="visually-hidden">: {props.link.task.prompt}</span>
          </a>
          <Button
            kind="quiet"
            opensDialog
            label={texts.stopNamed(props.link.task.prompt)}
            onClick={() => props.onRevoke()}
          >
            {texts.stop}
          </Button>
        </div>
      </div>
    </li>
  );
}
