import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ImageActions, ImageActionsContextProvider, type Offer } from '../gallery/image-actions.ts';
import { TaskWithoutImages } from './task-without-images.tsx';
import { installBrowserParts, press } from '../testing/browser.ts';
import { settled } from '../testing/scripted-server.ts';
import { taskData } from '../testing/tasks.ts';

const failed = (changes: object = {}) =>
  taskData({
    id: 'a',
    status: 'FAILED',
    failure: { code: 'PROVIDER_ERROR', retryable: true },
    refundedCredits: 4,
    ...changes,
  });
const own: Offer = { model: { id: 'model-1', label: 'Lumen XL' }, costCredits: 6 };

async function open(task = failed(), offers: readonly Offer[] = [own]) {
  const actions = { retry: vi.fn(), remove: vi.fn(), offersFor: async () => offers };
  render(() => (
    <ImageActionsContextProvider value={actions as unknown as ImageActions}>
      <ul>
        <TaskWithoutImages task={task} code="12" isTabStop onFocus={() => {}} />
      </ul>
    </ImageActionsContextProvider>
  ));
  const cell = screen.getByRole('button');
  fireEvent.click(cell);
  await settled();
  return { ...actions, cell };
}

describe('a task without images', () => {
  beforeAll(installBrowserParts);
  afterEach(cleanup);

  it('says why, and is tried again at the price of now', async () => {
    const { retry } = await open();
    screen.getByRole('dialog', { name: 'Request 12: Did not develop' });
    expect(screen.getAllByText(/Your 4 credits are back\./)).toHaveLength(2);
    press('Try again · 6 credits');
    expect(retry).toHaveBeenCalledOnce();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is not tried again where that cannot succeed', async () => {
    await open(failed({ failure: { code: 'CONTENT_BLOCKED', retryable: false } }));
    expect(screen.queryByRole('button', { name: /^Try again/ })).toBeNull();
    expect(screen.queryByText('It cannot be tried again now.')).toBeNull();
  });

  it('is not tried again where its model is no longer offered', async () => {
    await open(failed(), []);
    screen.getByText('It cannot be tried again now.');
    expect(screen.queryByRole('button', { name: /^Try again/ })).toBeNull();
  });

  it('is not tried again where a reference has been deleted', async () => {
    await open(failed({ status: 'CANCELED', failure: null, removedReferences: 1 }));
    expect(screen.queryByRole('button', { name: /^Try again/ })).toBeNull();
  });

  it('is deleted from its dialog, and by the key on its cell', async () => {
    const { remove, cell } = await open(failed({ status: 'CANCELED', failure: null }));
    press('Delete');
    fireEvent.keyDown(cell, { key: 'Delete' });
    expect(remove.mock.calls.map(([tasks]) => tasks[0].id)).toEqual(['a', 'a']);
  });

  it('does not say that one failed whose images were deleted', async () => {
    await open(taskData({ id: 'a', status: 'SUCCESS', removedImages: 1 }));
    screen.getByRole('dialog', { name: 'Request 12: Removed' });
    expect(screen.getAllByText('1 image was deleted.')).toHaveLength(2);
    expect(screen.queryByRole('button', { name: /^Try again/ })).toBeNull();
  });
});
