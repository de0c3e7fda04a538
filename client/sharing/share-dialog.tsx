/** Makes, copies and ends the public link of a task, or of one of its images. */
import { useClient } from '@urql/solid';
import { createMemo, createSignal, createUniqueId, onMount, Show } from 'solid-js';
import type { Task, TaskImage } from '../api/task.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import './share-dialog.css';
import { createShareLinks, type ShareLink } from './share-links.ts';
import { canShare, share, shareablePicture } from './system-share.ts';

interface ShareDialogProps {
  task: Task;
  /** The whole task where left out. */
  image: TaskImage | undefined;
  toasts: Toasts;
  onClose: () => void;
}

export function ShareDialog(props: ShareDialogProps) {
  const texts = lazyMessages.sharing;
  const headingId = createUniqueId();
  const state = createDialogState(props);
  let createButton: HTMLButtonElement | undefined;
  const stop = async (link: ShareLink) => {
    await state.stop(link);
    // The pressed button goes with the link.
    createButton?.focus();
  };
  const pictures = () => (props.image ? [props.image] : props.task.images);

  return (
    <Dialog open labelledBy={headingId} onClose={() => props.onClose()}>
      <div class="share">
        <div class="share-head">
          <h2 id={headingId}>{texts.title(pictures().length)}</h2>
          <IconButton icon="close" label={lazyMessages.app.close} onClick={() => props.onClose()} />
        </div>
        <p>{texts.explanation}</p>
        <label class="check">
          <input
            type="checkbox"
            checked={state.includesPrompt()}
            onChange={(event) => state.setIncludesPrompt(event.currentTarget.checked)}
          />
          <span>{texts.showPrompt}</span>
        </label>
        <Show when={state.other()}>
          {(other) => <p class="hint">{texts.otherLink(other().includesPrompt)}</p>}
        </Show>
        <Show
          when={state.link()}
          keyed
          fallback={
            <div class="share-actions">
              <Button
                class="share-main"
                busy={state.isBusy()}
                ref={(element) => (createButton = element)}
                onClick={() => void state.create()}
              >
                {texts.create}
              </Button>
            </div>
          }
        >
          {(link) => (
            <LinkActions
              link={link}
              isBusy={state.isBusy()}
              toasts={props.toasts}
              onStop={() => void stop(link)}
            />
          )}
        </Show>
        <Show when={props.image}>{(image) => <SharePicture image={image()} toasts={props.toasts} />}</Show>
        <p class="problem" role="alert">
          {state.problem()}
        </p>
        <p class="visually-hidden" role="status">
          {state.news()}
        </p>
      </div>
    </Dialog>
  );
}

/** Hands the picture itself to another app, without a link; where the device does that. */
function SharePicture(props: { image: TaskImage; toasts: Toasts }) {
  const [file, setFile] = createSignal<File>();
  onMount(async () => setFile(await shareablePicture(props.image)));
  const send = async (picture: File) => {
    if (await share({ files: [picture] })) return;
    props.toasts.show({ text: lazyMessages.phone.pictureNotShared, kind: 'error' });
  };
  return (
    <Show when={file()} keyed>
      {(picture) => (
        <div class="share-actions">
          <Button onClick={() => void send(picture)}>{lazyMessages.phone.sharePicture}</Button>
        </div>
      )}
    </Show>
  );
}

function createDialogState(props: ShareDialogProps) {
  const texts = lazyMessages.sharing;
  const shareLinks = createShareLinks(useClient());
  const shared = { taskId: props.task.id, imageId: props.image?.id };
  const [links, setLinks] = createSignal<readonly ShareLink[]>([]);
  const [includesPrompt, setIncludesPrompt] = createSignal(true);
  const [isBusy, setBusy] = createSignal(true);
  const [problem, setProblem] = createSignal('');
  const [news, setNews] = createSignal('');
  const linkWith = (prompt: boolean) => links().find((link) => link.includesPrompt === prompt);
  const link = createMemo(() => linkWith(includesPrompt()));

  onMount(() => void load());
  async function load(): Promise<void> {
    const found = await shareLinks.find(shared);
    setLinks(found);
    if (found.length > 0 && !linkWith(true)) setIncludesPrompt(false);
    setBusy(false);
  }
  /** One request at a time. */
  async function run(work: () => Promise<string | undefined>): Promise<void> {
    if (isBusy()) return;
    setBusy(true);
    setProblem('');
    setProblem((await work()) ?? '');
    setBusy(false);
  }

  return {
    link,
    /** The link with the other choice of the prompt. */
    other: () => linkWith(!includesPrompt()),
    includesPrompt,
    setIncludesPrompt,
    isBusy,
    problem,
    news,
    create: () =>
      run(async () => {
        const made = await shareLinks.create(shared, includesPrompt());
        if (typeof made === 'string') return made;
        setLinks([...links(), made]);
        setIncludesPrompt(made.includesPrompt);
        setNews(texts.created);
        return undefined;
      }),
    stop: ({ id }: ShareLink) =>
      run(async () => {
        const failed = await shareLinks.revoke(id);
        if (failed !== undefined) return failed;
        setLinks(links().filter((each) => each.id !== id));
        setNews(texts.stopped);
        props.toasts.show({ text: texts.stopped });
        return undefined;
      }),
  };
}

function LinkActions(props: { link: ShareLink; isBusy: boolean; toasts: Toasts; onStop: () => void }) {
  const texts = lazyMessages.sharing;
  let copyButton: HTMLButtonElement | undefined;
  let field: HTMLInputElement | undefined;
  onMount(() => {
    if (field) field.readOnly = true;
    // Made here, or found: the button that had the focus is gone in the one case, and not used in the other.
    copyButton?.focus();
  });
  const copy = () =>
    copyText(props.link.url, { copied: texts.copied, failed: texts.notCopied }, props.toasts);
  return (
    <>
      <TextField label={texts.address} value={props.link.url} ref={(element) => (field = element)} />
      <div class="share-actions">
        <Button class="share-main" ref={(element) => (copyButton = element)} onClick={() => void copy()}>
          {texts.copy}
        </Button>
        <Show when={canShare({ url: props.link.url })}>
          <Button onClick={() => void share({ url: props.link.url })}>{texts.send}</Button>
        </Show>
        <a class="button" href={props.link.url} target="_blank" rel="noopener">
          {texts.open}
        </a>
        <Button kind="quiet" class="share-stop" busy={props.isBusy} onClick={() => props.onStop()}>
          {texts.stop}
        </Button>
      </div>
    </>
  );
}
