/** Copies the request of a task as a call of the API. */
import { createQuery } from '@urql/solid';
import { createMemo, createSignal, createUniqueId, For, Show } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { Task } from '../api/task.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { Dialog } from '../ui/dialog.tsx';
import { LoadFailure } from '../ui/load-failure.tsx';
import { tabId, Tabs } from '../ui/tabs.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { apiCallOf, keyVariable } from './api-call.ts';
import './api-call-dialog.css';

/** What the page does not need of a task otherwise. */
const RequestDocument = graphql(`
  query RequestOfTask($id: ID!) {
    task(id: $id) {
      id
      version
      model {
        id
        name
      }
    }
  }
`);

type Format = 'curl' | 'typescript' | 'graphql';

export function ApiCallDialog(props: { task: Task; toasts: Toasts; onClose: () => void }) {
  const texts = lazyMessages.apiCall;
  const headingId = createUniqueId();
  const panelId = createUniqueId();
  const [format, setFormat] = createSignal<Format>('curl');
  const [result, reload] = createQuery({ query: RequestDocument, variables: { id: props.task.id } });
  const call = createMemo(() => {
    const more = result.data?.task;
    if (!more) return undefined;
    const { prompt, scene, options, providerOptions, referenceImages } = props.task;
    const request = { model: more.model.name, prompt, scene, options, providerOptions };
    return apiCallOf({ ...request, referenceImages: referenceImages.map(({ id }) => id) }, location.origin);
  });
  const blocks = () => {
    const shown = call();
    if (!shown) return [];
    if (format() === 'graphql')
      return [
        { label: texts.document, text: shown.document },
        { label: texts.variables, text: shown.variables },
      ];
    return [{ label: undefined, text: format() === 'curl' ? shown.curl : shown.typescript }];
  };

  return (
    <Dialog open labelledBy={headingId} onClose={() => props.onClose()}>
      <div class="api-call">
        <div class="api-call-head">
          <h2 id={headingId}>{texts.title}</h2>
          <IconButton icon="close" label={lazyMessages.app.close} onClick={() => props.onClose()} />
        </div>
        <p>
          {texts.hint(keyVariable)} <a href="/account">{texts.keys}</a>
        </p>
        <Tabs
          label={texts.formats}
          tabs={[
            { value: 'curl', label: 'curl' },
            { value: 'typescript', label: 'TypeScript' },
            { value: 'graphql', label: 'GraphQL' },
          ]}
          value={format()}
          panelId={panelId}
          onChange={setFormat}
        />
        <div class="api-call-panel" id={panelId} role="tabpanel" aria-labelledby={tabId(panelId, format())}>
          <Show
            when={!result.error && result.data?.task !== null}
            fallback={
              <LoadFailure
                class="api-call-failed"
                text={texts.failed}
                onRetry={() => reload({ requestPolicy: 'network-only' })}
              />
            }
          >
            <For each={blocks()} fallback={<p role="status">{texts.loading}</p>}>
              {(block) => <Block {...block} toasts={props.toasts} />}
            </For>
          </Show>
        </div>
      </div>
    </Dialog>
  );
}

function Block(props: { label: string | undefined; text: string; toasts: Toasts }) {
  const texts = lazyMessages.apiCall;
  const copy = () => copyText(props.text, { copied: texts.copied, failed: texts.notCopied }, props.toasts);
  return (
    <div class="api-call-block">
      <div class="api-call-block-head">
        <span class="label">{props.label}</span>
        <Button {...(props.label && { label: texts.copyNamed(props.label) })} onClick={() => void copy()}>
          {texts.copy}
        </Button>
      </div>
      <pre tabIndex={0} role="group" aria-label={props.label ?? texts.title}>
        <code>{props.text}</code>
      </pre>
    </div>
  );
}
