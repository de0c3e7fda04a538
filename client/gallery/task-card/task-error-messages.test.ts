import { describe, expect, it } from 'vitest';
import { FailureCode } from '../../api/generated/enums.ts';
import { imageData, taskData } from '../../testing/tasks.ts';
import type { Task } from '../../api/task.ts';
import { taskErrorMessage, isOfProvider, partialResultMessage } from './task-error-messages.ts';

const failed = (code: FailureCode, changes: Partial<Task> = {}) =>
  taskData({ id: 'a', status: 'FAILED', failure: { code, retryable: true }, refundedCredits: 4, ...changes });

describe('the messages of a failure', () => {
  it('names the provider, and says that the credits are back where the API confirms it', () => {
    expect(taskErrorMessage(failed('PROVIDER_ERROR'))).toEqual({
      title: 'This one didn’t develop',
      text: 'Forge could not make this one. Your 4 credits are back.',
    });
  });

  it('never claims a refund that is not confirmed', () => {
    const { text } = taskErrorMessage(failed('PROVIDER_ERROR', { refundedCredits: 0 }));
    expect(text).toBe('Forge could not make this one. Credits for this will be checked.');
  });

  it('claims no more than what came back', () => {
    expect(taskErrorMessage(failed('TIMEOUT', { refundedCredits: 3 })).text).toContain(
      '3 of your 4 credits are back.',
    );
    expect(taskErrorMessage(failed('TIMEOUT', { refundedCredits: 1, costCredits: 1 })).text).toContain(
      'Your 1 credit is back.',
    );
  });

  it('says how long it was waited for', () => {
    expect(taskErrorMessage(failed('TIMEOUT')).text).toContain(
      'Forge took longer than 3 minutes, so we stopped it.',
    );
    const deadlineAt = '2026-03-01T10:10:00.000Z';
    expect(taskErrorMessage(failed('TIMEOUT', { deadlineAt })).text).toContain('longer than 10 minutes');
  });

  it('sends to another model where the provider failed, and back to the prompt where the request did', () => {
    expect(isOfProvider(failed('PROVIDER_ERROR'))).toBe(true);
    expect(isOfProvider(failed('MODEL_NOT_FOUND'))).toBe(true);
    expect(isOfProvider(failed('CONTENT_BLOCKED'))).toBe(false);
    expect(isOfProvider(failed('TIMEOUT'))).toBe(false);
    expect(isOfProvider(taskData({ id: 'a', status: 'CANCELED' }))).toBe(false);
  });

  it('does not blame a provider for what the sandbox did', () => {
    const provider = { id: 'p', label: 'Forge', sandbox: true };
    expect(taskErrorMessage(failed('PROVIDER_ERROR', { provider })).text).toMatch(/^The sandbox could not/);
    expect(taskErrorMessage(failed('CONTENT_BLOCKED', { provider })).text).not.toContain('Forge');
  });

  it.each(Object.values(FailureCode))('speaks plainly of %s, without its code', (code) => {
    const { text } = taskErrorMessage(failed(code));
    expect(text).not.toMatch(/[A-Z]{3,}|_/);
    expect(text).toMatch(/^[A-Z].*\. Your 4 credits are back\.$/);
  });

  it('says that a task was cancelled, with its credits', () => {
    expect(taskErrorMessage(taskData({ id: 'a', status: 'CANCELED', refundedCredits: 4 }))).toEqual({
      title: 'Cancelled.',
      text: 'Your 4 credits are back.',
    });
  });
});

describe('the messages of a partial result', () => {
  const partial = (asked: number, made: number, refundedCredits: number) =>
    partialResultMessage(
      taskData({
        id: 'a',
        status: 'SUCCESS',
        options: { count: asked },
        costCredits: 8,
        refundedCredits,
        images: Array.from({ length: made }, (_, index) => imageData(String(index))),
      }),
    );

  it('states how many images arrived, and the refund for the missing ones', () => {
    expect(partial(4, 3, 2)).toBe('3 of 4 images came back. 2 of your 8 credits are back.');
  });

  it('does not claim a refund for the missing ones unconfirmed', () => {
    expect(partial(4, 3, 0)).toBe('3 of 4 images came back. Credits for this will be checked.');
  });

  const removed = (
    asked: number,
    left: number,
    removedImages: number,
    imagesExpiredAt: string | null = null,
  ) =>
    partialResultMessage(
      taskData({
        id: 'a',
        status: 'SUCCESS',
        options: { count: asked },
        removedImages,
        imagesExpiredAt,
        images: Array.from({ length: left }, (_, index) => imageData(String(index))),
      }),
    );

  // Turns red where a picture that its user deleted is taken for one that never came.
  it('says that images were deleted, and nothing of credits', () => {
    expect(removed(4, 3, 1)).toBe('1 image was deleted.');
    expect(removed(1, 0, 1)).toBe('1 image was deleted.');
  });

  it('says that images were removed after their time', () => {
    expect(removed(2, 0, 2, '2026-03-01T12:00:00.000Z')).toMatch(
      /^2 images were removed: this site keeps images for a limited time\. Last on (1 March|March 1)/,
    );
  });

  it('tells the removed from those that never came', () => {
    expect(removed(4, 2, 1)).toBe(
      '3 of 4 images came back. Credits for this will be checked. 1 image was deleted.',
    );
  });

  it('says nothing where all came', () => {
    expect(partial(4, 4, 0)).toBeUndefined();
  });
});
