/** The types of the API that describe the state of a task. */
import { builder } from '../graphql/builder.ts';
import { type FailureCode as FailureCodeValue, failures } from '../lib/failures.ts';
import type { Progress } from './task.ts';

export const MediaType = builder.enumType('MediaType', {
  description: 'What a task makes.',
  values: { IMAGE: { description: 'Still images.' } } as const,
});

export const TaskStatus = builder.enumType('TaskStatus', {
  description:
    'PENDING → PROCESSING → SUCCESS, FAILED or CANCELED. The last three are final; no task ever goes back.',
  values: {
    PENDING: { description: 'Accepted; the provider has not begun.' },
    PROCESSING: { description: 'The provider works on it, or its images are being stored.' },
    SUCCESS: { description: 'Ended with at least one image.' },
    FAILED: { description: 'Ended without an image; `Task.failure` says why.' },
    CANCELED: { description: 'Ended by `cancelTask`.' },
  } as const,
});

const ProgressSource = builder.enumType('ProgressSource', {
  description: 'Where the percentage comes from.',
  values: {
    PROVIDER: { description: 'The provider reported the percentage.' },
    ESTIMATE: { description: "Derived from the time elapsed and the model's typical duration." },
  } as const,
});

export const TaskProgress = builder.objectRef<Progress>('TaskProgress').implement({
  description: 'How far a task is.',
  fields: (t) => ({
    percent: t.exposeInt('percent', {
      nullable: true,
      description: '0 to 100; never falls; 100 only in SUCCESS; null while nothing can be said.',
    }),
    source: t.expose('source', { type: ProgressSource, description: 'Where `percent` comes from.' }),
    etaSeconds: t.exposeInt('etaSeconds', {
      nullable: true,
      description: 'Seconds left, an estimate; null when unknown or overdue.',
    }),
  }),
});

const FailureCode = builder.enumType('FailureCode', {
  description:
    'Why a task that was accepted ended as FAILED. It is data, never an entry of `errors`. Codes may be added: for an unknown one, ' +
    '`TaskFailure.message` and `retryable` say enough.',
  values: failures,
});

export const TaskFailure = builder.objectRef<FailureCodeValue>('TaskFailure').implement({
  description: 'Why a task failed. The charge is refunded.',
  fields: (t) => ({
    code: t.field({ type: FailureCode, description: 'The reason, for programs.', resolve: (code) => code }),
    message: t.string({
      description: 'For the user of the task; contains no provider text, key or URL.',
      resolve: (code) => failures[code].message,
    }),
    retryable: t.boolean({
      description: 'Whether the same request may succeed later.',
      resolve: (code) => failures[code].retryable,
    }),
  }),
});
