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

  it('says nothing where all came', () => {
    expect(partial(4, 4, 0)).toBeUndefined();
  });
});
