/** What makes more of a result: again, with the same seed, from the image, with another model. */
import { createEffect, createSignal, createUniqueId, For, on, onCleanup, Show } from 'solid-js';
import type { Task } from '../api/task.ts';
import { type GalleryItem, hasSameSeed, type Offer, useImageActions } from './image-actions.ts';
import './repeat-actions.css';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';

/** `item` is the image, where the actions are those of one. */
export function RepeatActions(props: { task: Task; item?: GalleryItem }) {
  const actions = useImageActions();
  const offers = createOffers(() => props.task);
  const own = () => offers()?.find(({ model }) => model.id === props.task.model.id);
  const others = () => offers()?.filter((offer) => offer !== own()) ?? [];
  return (
    <>
      <Show when={!offers() || own()}>
        <Button
          kind="film"
          busy={!own()}
          onClick={() => {
            const offer = own();
            if (offer) actions.repeat(props.task, offer);
          }}
        >
          {lazyMessages.repeat.again(own()?.costCredits)}
        </Button>
      </Show>
      <Show when={props.task.removedReferences > 0}>
        <p class="repeat-problem">{lazyMessages.repeat.referencesDeleted}</p>
      </Show>
      <Show when={hasSameSeed(props.task)}>
        <Button kind="film" onClick={() => actions.sameSeed(props.task)}>
          {lazyMessages.repeat.sameSeed}
        </Button>
      </Show>
      <Show when={props.item}>
        {(item) => (
          <Button kind="film" onClick={() => actions.vary(item())}>
            {lazyMessages.repeat.vary}
          </Button>
        )}
      </Show>
      <Show when={others().length > 0}>
        <OtherModels offers={others()} onChoose={(offer) => actions.repeat(props.task, offer)} />
      </Show>
    </>
  );
}

/** Undefined until known. */
export function createOffers(task: () => Task) {
  const { offersFor } = useImageActions();
  const [offers, setOffers] = createSignal<readonly Offer[]>();
  createEffect(
    on([() => task().id, () => task().referenceImages.length], () => {
      let isOver = false;
      onCleanup(() => (isOver = true));
      setOffers(undefined);
      void offersFor(task()).then((found) => isOver || setOffers(found));
    }),
  );
  return offers;
}

/** Each other model with its price, behind a button. */
function OtherModels(props: { offers: readonly Offer[]; onChoose: (offer: Offer) => void }) {
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  return (
    <>
      <button
        type="button"
        class="button button-film"
        aria-expanded={isOpen()}
        aria-controls={id}
        onClick={(event) => {
          // The list around it closes with any other press in it.
          event.stopPropagation();
          setOpen((was) => !was);
        }}
      >
        {lazyMessages.repeat.otherModel}
      </button>
      <Show when={isOpen()}>
        <div class="repeat-models" id={id} role="group" aria-label={lazyMessages.repeat.otherModel}>
          <For each={props.offers}>
            {(offer) => (
              <Button kind="film" onClick={() => props.onChoose(offer)}>
                {lazyMessages.repeat.with(offer.model.label, offer.costCredits)}
              </Button>
            )}
          </For>
        </div>
      </Show>
    </>
  );
}
