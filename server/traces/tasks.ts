/** Spans of the way of a task: acceptance, steps, calls of its provider, and what is stored. */
import type { GenerationState, ImageProvider, ProviderReport, ReadOptions } from '../providers/provider.ts';
import { type Attributes, fail, type Tracer } from './tracer.ts';

interface Task {
  id: string;
  provider: string;
  model: string;
}

interface EndedTask extends Task {
  attempt: number;
  status: string;
  costCredits: number;
  refundedCredits: number;
  failureCode: string | null;
  createdAt: Date;
  completedAt: Date | null;
}

interface Lease {
  task: Task & { attempt: number; operation: unknown; submittingAt: Date | null };
}

type Work<Result = unknown> = (...args: never[]) => Promise<Result>;

/** Each wrapper returns what it was given, with spans around what it names. */
export interface TaskTraces {
  /** The id for a new task. */
  newTaskId(): string;
  traceStore<Store extends { accept(task: Task): Promise<unknown>; settle: Work }>(store: Store): Store;
  traceSteps<
    Steps extends {
      runStep(lease: Lease): Promise<void>;
      handleReport(lease: Lease, report: ProviderReport): Promise<void>;
    },
  >(
    steps: Steps,
  ): Steps;
  traceImages<Images extends { prepare: Work; store: Work }>(images: Images): Images;
  traceCalls(name: string, provider: ImageProvider): ImageProvider;
  /** Records the whole task where this is its end. */
  recordChange(task: EndedTask): void;
}

export function createTaskTraces(tracer: Tracer): TaskTraces {
  /** The work, in a span of that name. */
  const inSpan =
    <Args extends unknown[], Result>(name: string, work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> =>
      tracer.inSpan(name, {}, () => work(...args));

  return {
    newTaskId: () => tracer.newTaskId(),
    traceStore: (store) => ({
      ...store,
      accept: (task: Task) =>
        tracer.inAcceptance(task.id, { attributes: attributesOf(task) }, async (span) => {
          const outcome = await store.accept(task);
          span.setAttribute('proofsheet.outcome', typeof outcome === 'string' ? outcome : 'accepted');
          return outcome;
        }),
      settle: inSpan('settle', store.settle as Work),
    }),
    traceSteps(steps) {
      const inStep = (name: string, lease: Lease, work: () => Promise<void>) =>
        tracer.inStep(name, lease.task.id, { attributes: attributesOf(lease.task) }, async (span) => {
          await work();
          // The step may have submitted the task.
          span.setAttribute('proofsheet.attempt', lease.task.attempt);
        });
      return {
        ...steps,
        runStep: (lease: Lease) => inStep(stepOf(lease), lease, () => steps.runStep(lease)),
        handleReport(lease: Lease, report: ProviderReport) {
          const state = withTracedImages(tracer, lease.task.provider, report.state);
          return inStep('report', lease, () => steps.handleReport(lease, { ...report, state }));
        },
      };
    },
    traceImages: (images) => ({
      ...images,
      prepare: inSpan('prepare image', images.prepare as Work),
      store: inSpan('store image', images.store as Work),
    }),
    traceCalls: (name, provider) => traceCalls(tracer, name, provider),
    recordChange(task) {
      const { id, status, createdAt, completedAt, failureCode } = task;
      if (!completedAt) return;
      const attributes = {
        ...attributesOf(task),
        'proofsheet.attempt': task.attempt,
        'proofsheet.outcome': status,
        'proofsheet.failure.code': failureCode ?? undefined,
        'proofsheet.credits.charged': task.costCredits,
        'proofsheet.credits.refunded': task.refundedCredits,
      };
      tracer.recordTask(id, { from: createdAt, to: completedAt }, attributes, failureCode ?? undefined);
    },
  };
}

function attributesOf({ id, provider, model }: Task): Attributes {
  return { 'proofsheet.task.id': id, 'proofsheet.provider': provider, 'proofsheet.model': model };
}

function stepOf({ task: { operation, submittingAt } }: Lease): string {
  if (operation !== null) return 'follow';
  return submittingAt ? 'recover' : 'submit';
}

/** Spans around the calls of the provider, and around fetching its images. */
function traceCalls(tracer: Tracer, name: string, provider: ImageProvider): ImageProvider {
  const traced =
    <Args extends unknown[], Result extends GenerationState | null | void>(
      call: string,
      run: (...args: Args) => Promise<Result>,
    ) =>
    async (...args: Args): Promise<Result> =>
      tracer.inSpan(`${name} ${call}`, ofProvider(name), async (span) => {
        const state = await run(...args);
        if (!state) return state;
        span?.setAttribute('proofsheet.outcome', state.status);
        if (state.status === 'failed' && span) {
          fail(span, state.failure.code);
          if (state.failure.reason) span.setAttribute('proofsheet.failure.reason', state.failure.reason);
        }
        return withTracedImages(tracer, name, state) as Result;
      });
  const { poll, find, cancel } = provider;
  return {
    ...provider,
    start: traced('start', provider.start.bind(provider)),
    ...(poll && { poll: traced('poll', poll.bind(provider)) }),
    ...(find && { find: traced('find', find.bind(provider)) }),
    ...(cancel && { cancel: traced('cancel', cancel.bind(provider)) }),
  };
}

const ofProvider = (name: string) => ({
  kind: 'client' as const,
  attributes: { 'proofsheet.provider': name },
});

function withTracedImages<State extends GenerationState>(tracer: Tracer, name: string, state: State): State {
  if (state.status !== 'succeeded') return state;
  const images = state.images.map((image) => ({
    read: async (options: ReadOptions) =>
      tracer.inSpan(`${name} image`, ofProvider(name), () => image.read(options)),
  }));
  return { ...state, images };
}
