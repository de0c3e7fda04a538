import { type Accessor, createMemo, For, type JSX, Show } from 'solid-js';

/** As `For`, by key: an element stays in the page while the item of its key is replaced. */
export function ForKeyed<Item extends object>(props: {
  each: readonly Item[];
  keyOf: (item: Item) => string;
  children: (item: Accessor<Item>, index: Accessor<number>) => JSX.Element;
}) {
  const byKey = createMemo(() => new Map(props.each.map((item) => [props.keyOf(item), item])));
  const keys = createMemo(() => [...byKey().keys()]);
  return (
    <For each={keys()}>
      {(key, index) => <Show when={byKey().get(key)}>{(item) => props.children(item, index)}</Show>}
    </For>
  );
}
