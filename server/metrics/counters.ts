/** What this process counts and times. Add the values of all nodes. */
import { errorCodes } from '../lib/errors.ts';
import { Counter, Histogram, type Registry } from 'prom-client';

/** A state of a task that this process publishes. */
export interface TaskChange {
  model: string;
  status: string;
  version: number;
  costCredits: number;
  refundedCredits: number;
  failureCode: string | null;
  createdAt: Date;
  completedAt: Date | null;
}

export interface AnsweredRequest {
  method: string;
  /** The first part of the path, where it is served; else `/`. */
  route: string;
  status: number;
  seconds: number;
}

/** An executed operation of GraphQL. */
export interface ExecutedOperation {
  /** `query` or `mutation`. */
  type: string;
  /** The root field, or `several`: a client's own names would be labels without a bound. */
  field: string;
}

const finalStatuses = ['SUCCESS', 'FAILED', 'CANCELED'] as const;
const creditKinds = ['GRANT', 'CHARGE', 'REFUND', 'ADJUSTMENT'] as const;
type CreditKind = (typeof creditKinds)[number];
/** Other methods have one label together: a client may send any. */
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** @param models whose series begin at 0, so that a rate has its first increase */
export function defineCounters(registers: Registry[], models: readonly string[]) {
  const { accepted, ended, duration, credits } = defineTaskCounters(registers, models);
  const { calls, graphqlErrors, operations, requests, sweepStops, webhooks } = defineOtherCounters(registers);
  return {
    calls,
    graphqlErrors,
    sweepStops,
    webhooks,

    countChange(task: TaskChange): void {
      const { model, status, costCredits, refundedCredits, failureCode, createdAt, completedAt } = task;
      if (status === 'PENDING' && task.version === 1) {
        accepted.inc({ model });
        credits.inc({ kind: 'CHARGE' }, costCredits);
      }
      if (!completedAt) return;
      ended.inc({ model, status, failure: failureCode ?? '' });
      duration.observe({ model, status }, (completedAt.getTime() - createdAt.getTime()) / 1000);
      if (refundedCredits > 0) credits.inc({ kind: 'REFUND' }, refundedCredits);
    },

    countCredits: (kind: CreditKind, amount: number) => credits.inc({ kind }, amount),

    countOperation({ type, field }: ExecutedOperation, seconds: number): void {
      operations.observe({ type, field }, seconds);
    },

    countRequest({ method, route, status, seconds }: AnsweredRequest): void {
      requests.observe({ method: methods.includes(method) ? method : 'other', route, status }, seconds);
    },
  };
}

function defineTaskCounters(registers: Registry[], models: readonly string[]) {
  const accepted = new Counter({
    name: 'proofsheet_tasks_accepted_total',
    help: 'Tasks that this process accepted.',
    labelNames: ['model'],
    registers,
  });
  const ended = new Counter({
    name: 'proofsheet_tasks_ended_total',
    help: 'Tasks whose end this process published, by outcome.',
    labelNames: ['model', 'status', 'failure'],
    registers,
  });
  const duration = new Histogram({
    name: 'proofsheet_task_duration_seconds',
    help: 'Time from acceptance to the final state.',
    labelNames: ['model', 'status'],
    buckets: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 180, 300],
    registers,
  });
  const credits = new Counter({
    name: 'proofsheet_credits_total',
    help: 'Credits that this process moved, by the kind of the entry in the ledger.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of creditKinds) credits.inc({ kind }, 0);
  for (const model of models) {
    accepted.inc({ model }, 0);
    for (const status of finalStatuses) duration.zero({ model, status });
    for (const status of ['SUCCESS', 'CANCELED']) ended.inc({ model, status, failure: '' }, 0);
  }
  return { accepted, ended, duration, credits };
}

function defineOtherCounters(registers: Registry[]) {
  const calls = new Histogram({
    name: 'proofsheet_provider_call_seconds',
    help: 'Calls to a provider, by their outcome.',
    labelNames: ['provider', 'call', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180],
    registers,
  });
  const requests = new Histogram({
    name: 'proofsheet_http_request_seconds',
    help: 'Time from the request line to the end of the response; event streams are not counted.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const operations = new Histogram({
    name: 'proofsheet_graphql_operation_seconds',
    help: 'Time to execute a query or mutation, by its root field.',
    labelNames: ['type', 'field'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const sweepStops = new Counter({
    name: 'proofsheet_sweep_stops_total',
    help: 'Storage sweeps that stopped without deleting, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const webhooks = new Counter({
    name: 'proofsheet_webhook_attempts_total',
    help: 'Attempts to deliver a webhook to an endpoint of a user, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const graphqlErrors = new Counter({
    name: 'proofsheet_graphql_errors_total',
    help: 'Errors in GraphQL responses, by their code.',
    labelNames: ['code'],
    registers,
  });
  for (const code of errorCodes) graphqlErrors.inc({ code }, 0);
  return { calls, graphqlErrors, operations, requests, sweepStops, webhooks };
}
