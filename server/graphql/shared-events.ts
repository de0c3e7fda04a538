/**
 * Executes a subscription once for each event and all equal operations: the same document, variables and caller. The
 * result is also serialized once, for transports that take texts.
 */
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  locatedError,
  validateSubscriptionArgs,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isPushSource, type Receiver } from '../lib/push-source.ts';
import type { Context } from './context.ts';
import {
  createOperationGroups,
  type OperationGroup,
  type OperationGroups,
  type Shared,
} from './operation-groups.ts';

/** A transport that takes results as texts. It gets by `sendText` all of a subscription but the first and those with errors. */
export interface TextTransport {
  /** Sends a result to the client; a promise where the client is slow, which resolves once it has left. */
  sendText(text: string): Promise<void> | undefined;
  /** Called when the results have ended. */
  end(): void;
  /**
   * Set when the subscription has begun: its results. Once it has taken the first from the plugins, the transport asks
   * this for the others, because the iterators of the plugins take much memory.
   */
  results?: AsyncIterator<ExecutionResult, undefined> | undefined;
}

interface SharedContext extends Context {
  textTransport?: TextTransport;
  /** Called once, when a subscription ends that has begun. */
  onSubscriptionEnd?: () => void;
}

/** @param mask Makes an error public; for results that are sent past the plugins. */
export function shareEvents(mask: (error: unknown) => GraphQLError): Plugin<SharedContext> {
  const groups = createOperationGroups();
  return {
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const validated = validateSubscriptionArgs(args);
        // Its errors are those of every other operation.
        if (!('schema' in validated)) return subscribeFn(args as never);
        const source = await createSourceEventStream(validated);
        if (!(Symbol.asyncIterator in source)) return source;
        const context = args.contextValue as SharedContext;
        const results = new Results(source[Symbol.asyncIterator](), {
          groups,
          group: groups.join(args, validated),
          transport: context.textTransport,
          onEnd: context.onSubscriptionEnd,
          mask,
        });
        if (context.textTransport) context.textTransport.results = results;
        return results;
      });
    },
  };
}

type Result = IteratorResult<ExecutionResult, undefined>;

const done: Result = { done: true, value: undefined };

interface Parts {
  groups: OperationGroups;
  group: OperationGroup;
  transport: TextTransport | undefined;
  onEnd: (() => void) | undefined;
  mask: (error: unknown) => GraphQLError;
}

/** The results of the events. Ends with them. A class, because there are thousands. */
class Results implements AsyncIterableIterator<ExecutionResult, undefined>, Receiver<object> {
  readonly #events: AsyncIterator<unknown>;
  readonly #groups: OperationGroups;
  readonly #group: OperationGroup;
  readonly #transport: TextTransport | undefined;
  readonly #mask: Parts['mask'];
  #onEnd: (() => void) | undefined;
  /** Whether a result has been yielded, after which a transport of texts reads past the plugins. */
  #hasBegun = false;
  #isEnded = false;
  /** Of `next`, while it waits for what is pushed. */
  #resolve: ((result: Result) => void) | undefined;
  /** Of a receipt, while its result waits for `next` to be called again. */
  #onNext: (() => void) | undefined;
  #isPushed = false;

  constructor(events: AsyncIterator<unknown>, { groups, group, transport, onEnd, mask }: Parts) {
    this.#events = events;
    this.#groups = groups;
    this.#group = group;
    this.#transport = transport;
    this.#onEnd = onEnd;
    this.#mask = mask;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next(): Promise<Result> {
    if (this.#isEnded) return Promise.resolve(done);
    if (!this.#hasBegun || !this.#transport || !isPushSource(this.#events)) return this.#pull();
    const next = new Promise<Result>((resolve) => (this.#resolve = resolve));
    if (!this.#isPushed) {
      this.#isPushed = true;
      this.#events.pushTo(this as Receiver<unknown>);
    }
    this.#onNext?.();
    return next;
  }

  async return(): Promise<Result> {
    this.end();
    await this.#events.return?.();
    return done;
  }

  take(event: object): Promise<void> | undefined {
    try {
      const shared = this.#group.share(event, this);
      const { result } = shared;
      if (!(result instanceof Promise)) return this.#deliver(shared, result);
      return result
        .then((result) => this.#deliver(shared, result))
        .catch((error: unknown) => this.#fail(error));
    } catch (error) {
      return this.#fail(error);
    }
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#groups.leave(this.#group);
    this.#onEnd?.();
    this.#onEnd = undefined;
    this.#transport?.end();
    this.#resolve?.(done);
    this.#onNext?.();
  }

  async #pull(): Promise<Result> {
    for (;;) {
      try {
        const { done: isDone, value } = await this.#events.next();
        if (isDone) {
          this.end();
          return done;
        }
        const shared = this.#group.share(value as object, this);
        const result = shared.result instanceof Promise ? await shared.result : shared.result;
        const sent = await this.#sendOr(shared, result);
        // The client has ended the operation while the event was executed.
        if (this.#isEnded) return done;
        if (sent) return { done: false, value: sent };
      } catch (error) {
        // The last result: an iterator that throws would leave an event stream open.
        const failure = this.#failure(error);
        this.end();
        return { done: false, value: failure };
      }
    }
  }

  /** Sends the result where it can be sent past the plugins. @returns the result to yield, where it cannot */
  async #sendOr(shared: Shared, result: ExecutionResult): Promise<ExecutionResult | undefined> {
    if (result.errors) return this.#ownErrors(shared, result);
    if (!this.#hasBegun || !this.#transport) {
      this.#hasBegun = true;
      return result;
    }
    if (!this.#isEnded) await this.#transport.sendText(textOf(shared, result));
    return undefined;
  }

  #deliver(shared: Shared, result: ExecutionResult): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    if (!result.errors) return this.#transport!.sendText(textOf(shared, result));
    return this.#ownErrors(shared, result).then((own) => this.#yield(own));
  }

  /** Each operation reports errors of its own. */
  async #ownErrors(shared: Shared, result: ExecutionResult): Promise<ExecutionResult> {
    const own = shared.owner === this ? result : await this.#group.execute(shared.event);
    const isMasked = this.#hasBegun && this.#transport;
    this.#hasBegun = true;
    if (!isMasked || !own.errors) return own;
    return { ...own, errors: own.errors.map((error) => this.#mask(error)) };
  }

  /** Yields a result; resolves when the next is asked for. */
  #yield(value: ExecutionResult): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    this.#resolve?.({ done: false, value });
    return new Promise((resolve) => (this.#onNext = resolve));
  }

  /** Yields the error as the last result. */
  #fail(error: unknown): undefined {
    if (this.#isEnded) return;
    this.#resolve?.({ done: false, value: this.#failure(error) });
    this.#resolve = undefined;
    void this.return();
  }

  #failure(error: unknown): ExecutionResult {
    const located = locatedError(error, [this.#group.plan.args.operation]);
    return { errors: [this.#hasBegun && this.#transport ? this.#mask(located) : located] };
  }
}

function textOf(shared: Shared, result: ExecutionResult): string {
  return (shared.text ??= JSON.stringify(result));
}
