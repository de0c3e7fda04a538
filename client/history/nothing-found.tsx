import { Match, Switch } from 'solid-js';
import type { Filters } from './filter-bar.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';

/** Why there is nothing, and what leads on. */
export function NothingFound(props: { filters: Filters }) {
  const search = () => props.filters.get('search');
  const isOnlySearch = () => Object.keys(props.filters.taskFilter()).every((name) => name === 'search');
  return (
    <div class="sheet-note" role="status">
      <Switch fallback={<p>{lazyMessages.history.noHits}</p>}>
        <Match when={!props.filters.isFiltered()}>
          <p>{lazyMessages.history.empty}</p>
          <a class="button" href="/" data-route>
            {lazyMessages.history.toCreate}
          </a>
        </Match>
        <Match when={isOnlySearch() && search()}>
          {(text) => (
            <>
              <p>{lazyMessages.history.noSearchHits(text())}</p>
              <Button onClick={() => props.filters.clear()}>{lazyMessages.history.clearSearch}</Button>
            </>
          )}
        </Match>
        <Match when={props.filters.get('marked')}>
          <p>{lazyMessages.history.noFavorites}</p>
        </Match>
      </Switch>
    </div>
  );
}
