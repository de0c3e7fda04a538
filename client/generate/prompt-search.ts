/** Finds earlier prompts: those of the feed at once, then all of the user's, by the server. */
import type { Client } from '@urql/core';
import { type Accessor, createSignal } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import { queryUncached } from '../api/uncached.ts';

const PromptSearch = graphql(`
  query PromptSearch($search: String!) {
    viewer {
      id
      tasks(first: 30, filter: { search: $search }) {
        nodes {
          id
          version
          prompt
        }
      }
    }
  }
`);

/** After the last key. */
const delayMs = 300;

export function createPromptSearch(client: Client, known: Accessor<readonly string[]>) {
  const [found, setFound] = createSignal<readonly string[]>([]);
  const [isSearching, setSearching] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the searches: a late answer of an earlier one changes nothing. */
  let last = 0;

  const ask = async (text: string, local: readonly string[], search: number) => {
    const { data } = await queryUncached(client, PromptSearch, { search: text });
    if (search !== last) return;
    const remote = data?.viewer?.tasks.nodes.map(({ prompt }) => prompt.trim()) ?? [];
    setFound([...new Set([...local, ...remote])]);
    setSearching(false);
  };
  return {
    found,
    isSearching,
    find(text: string) {
      clearTimeout(timer);
      const wanted = text.trim();
      const search = (last += 1);
      const local = known().filter((prompt) => prompt.toLowerCase().includes(wanted.toLowerCase()));
      setFound(local);
      setSearching(wanted !== '');
      if (wanted !== '') timer = setTimeout(() => void ask(wanted, local, search), delayMs);
    },
    stop() {
      last += 1;
      clearTimeout(timer);
    },
  };
}
