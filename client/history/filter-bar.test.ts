import { createRoot } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFilters } from './filter-bar.tsx';
import { createRouter } from '../ui/router.ts';

function start(address: string) {
  history.replaceState(null, '', address);
  return createRoot((dispose) => {
    onTestFinished(dispose);
    return createFilters(createRouter());
  });
}

describe('the filters of History', () => {
  it('are read from the address, and what means nothing there is left out', () => {
    const filters = start('/history?search=%20fog%20&scene=SIDEWAYS&status=PROCESSING&marked=yes&model=m');
    expect(filters.taskFilter()).toEqual({
      search: 'fog',
      model: 'm',
      favorite: true,
      status: ['PENDING', 'PROCESSING'],
    });
    expect(filters.get('marked')).toBe('yes');
    expect(filters.get('scene')).toBeUndefined();
  });

  it('are written to the address and cleared from it', () => {
    const filters = start('/history');
    expect(filters.isFiltered()).toBe(false);
    filters.set('scene', 'IMAGE_TO_IMAGE');
    filters.set('search', 'fog & sea');
    expect(filters.taskFilter()).toEqual({ scene: 'IMAGE_TO_IMAGE', search: 'fog & sea' });
    filters.clear();
    expect(location.search).toBe('');
    expect(filters.taskFilter()).toEqual({});
  });
});
