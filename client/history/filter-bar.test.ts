import { createRoot } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFilters, zipAddress } from './filter-bar.tsx';
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

  it('end with the whole of the day that is chosen, in the time zone of the user', () => {
    expect(start('/history?until=2026-03-29').taskFilter()).toEqual({
      createdBefore: new Date(2026, 2, 30).toISOString(),
    });
    for (const until of ['soon', '2026-3-1', ''])
      expect(start(`/history?until=${until}`).isFiltered()).toBe(false);
  });

  it('name what is downloaded with them', () => {
    const { taskFilter } = start('/history?search=fog%20%26%20sea&status=PROCESSING&marked=yes');
    expect(zipAddress(taskFilter())).toBe(
      '/api/images.zip?search=fog+%26+sea&favorite=true&status=PENDING&status=PROCESSING',
    );
    expect(zipAddress({})).toBe('/api/images.zip');
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
