/** Follows the viewer's tasks by live events, and by polling while none come. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { LiveSocket } from '../api/subscriptions.ts';
import { isUnfinished, type Task } from '../api/task.ts';
import { createPolling, pollIntervalMs } from './polling.ts';

const TaskUpdated = graphql(`
  subscription TaskUpdated {
    taskUpdated {
      ...TaskFields
    }
  }
`);

const TaskState = graphql(`
  query TaskState($id: ID!) {
    task(id: $id) {
      ...TaskFields
    }
  }
`);

export type Live = ReturnType<typeof createLive>;

export interface LiveOptions {
  client: Client;
  socket: LiveSocket;
  tasks: Accessor<readonly Task[]>;
  /** Whether a user is signed in and the page is visible: tasks may come from elsewhere at any time. */
  isWatched: Accessor<boolean>;
  /** Whether a request is being sent: open the socket before its response. */
  isSending: Accessor<boolean>;
  /** Called after and during gaps in the events, and when the page becomes visible: unknown tasks may have changed. */
  onMissed: () => void;
  /** Called with the first event of an unfinished task: it has cost credits, perhaps elsewhere. */
  onBegun?: () => void;
  /** Called when a task has ended: credits may have been refunded. */
  onEnded: (task: Task) => void;
  /** Called when a task that was given up turned out well. */
  onArrived?: (task: Task) => void;
}

/** A first connection this long after the start may have missed tasks. */
const lateConnectionMs = 5_000;
/** A poll without a response by then counts as unanswered. */
const unansweredAfterMs = 3_000;

/** Call it for a signed-in user; it ends with the owner. */
export function createLive(options: LiveOptions) {
  const { client, socket } = options;
  const [lost, setLost] = createSignal<ReadonlySet<string>>(new Set());
  const givenUp = new Set<string>();
  const unfinished = createMemo(() => options.tasks().filter(isUnfinished));
  const [isUnanswered, setUnanswered] = createSignal(false);

  /** A task that was given up is followed again where the server still works on it. */
  const onNews = (taskId: string) => {
    setLost((ids) => (ids.has(taskId) ? new Set([...ids].filter((other) => other !== taskId)) : ids));
    polling.onNews(taskId);
  };

  /** Fetches a task again, for fresh URLs or its current state; undefined if it is gone or there was no response. */
  const refresh = async (taskId: string): Promise<Task | undefined> => {
    const unansweredTimer = setTimeout(() => setUnanswered(true), unansweredAfterMs);
    const result = await client
      .query(TaskState, { id: taskId }, { requestPolicy: 'network-only' })
      .toPromise();
    clearTimeout(unansweredTimer);
    setUnanswered(Boolean(result.error?.networkError));
    const task = result.data?.task ?? undefined;
    if (task && lost().has(taskId) && isUnfinished(task)) onNews(taskId);
    return task;
  };
  const polling = createPolling({
    poll: refresh,
    onGiveUp(taskId) {
      givenUp.add(taskId);
      setLost((ids) => new Set(ids).add(taskId));
    },
  });
  createEffect(() => polling.watch(unfinished()));
  onCleanup(() => polling.stop());

  const needsEvents = createMemo(() => options.isWatched() || unfinished().length > 0 || options.isSending());
  const knownTasks = new Set<string>();
  createEffect(() => {
    if (!needsEvents()) return;
    const subscription = client.subscription(TaskUpdated, {}).subscribe(({ data }) => {
      if (!data) return;
      const { id } = data.taskUpdated;
      if (!knownTasks.has(id) && isUnfinished(data.taskUpdated)) options.onBegun?.();
      knownTasks.add(id);
      onNews(id);
    });
    onCleanup(() => subscription.unsubscribe());
  });

  watchForEnds(options.tasks, unfinished, (task) => {
    options.onEnded(task);
    if (givenUp.delete(task.id) && task.status === 'SUCCESS') options.onArrived?.(task);
  });
  watchForMissedEvents({ ...options, pollNow: () => void polling.pollNow() });

  return {
    refresh,
    /** Whether the task is past its deadline without a known end. */
    isLost: (taskId: string) => lost().has(taskId),
    /** Whether the server responds neither on the socket nor to polls. */
    isAway: createMemo(
      () => socket.state() === 'offline' || (socket.state() === 'reconnecting' && isUnanswered()),
    ),
  };
}

function watchForEnds(
  tasks: Accessor<readonly Task[]>,
  unfinished: Accessor<readonly Task[]>,
  onEnd: (task: Task) => void,
): void {
  createEffect((before: ReadonlySet<string>) => {
    const now = new Set(unfinished().map(({ id }) => id));
    for (const task of tasks()) if (before.has(task.id) && !now.has(task.id)) onEnd(task);
    return now;
  }, new Set<string>());
}

/**
 * Makes up for gaps in the events; a single lost event is found by the polls of its task (`polling.ts`). After a gap
 * unfinished tasks are polled, and `onMissed` loads the first page of the list, where tasks
 * that were created elsewhere are. Gaps are: no connection, a reconnection, the return of the network, and a hidden page,
 * whose timers and sockets the browser may have stopped.
 */
function watchForMissedEvents({
  socket,
  isWatched,
  onMissed,
  pollNow,
}: Pick<LiveOptions, 'socket' | 'isWatched' | 'onMissed'> & { pollNow: () => void }): void {
  const isWithoutEvents = createMemo(() => isWatched() && socket.state() === 'reconnecting');
  createEffect(() => {
    if (!isWithoutEvents()) return;
    const polls = setInterval(onMissed, pollIntervalMs);
    onCleanup(() => clearInterval(polls));
  });

  let connections = 0;
  const startedAt = performance.now();
  onCleanup(
    socket.onConnected(() => {
      pollNow();
      // The server also sends the tasks of the last seconds, so an early first connection misses nothing.
      const isLate = performance.now() - startedAt > lateConnectionMs;
      if ((connections++ > 0 || isLate) && isWatched()) onMissed();
    }),
  );

  createEffect(
    on(socket.state, (state, before) => {
      if (before !== 'offline' || state === 'offline') return;
      onMissed();
      pollNow();
    }),
  );

  const onVisible = () => {
    if (document.visibilityState === 'visible') onMissed();
  };
  document.addEventListener('visibilitychange', onVisible);
  onCleanup(() => document.removeEventListener('visibilitychange', onVisible));
}
