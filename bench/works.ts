/** Every work by its name on the command line. */
import type { Row } from './harness/verdict.ts';
import { measureAccept } from './works/accept.ts';
import { measureActive } from './works/active.ts';
import { measurePolling, measureStatements, measureWebhooks } from './works/follow.ts';
import { measureHistory } from './works/history.ts';
import { measureFanout, measureOwn } from './works/live.ts';
import { measureQuery } from './works/query.ts';
import { measureTask, measureViewer } from './works/reads.ts';
import { measureInstalled } from './works/installed.ts';
import { measureIdle, measureMemory } from './works/sockets.ts';
import { measureRest, measureStart } from './works/start.ts';
import { measureUpload } from './works/upload.ts';

/** Measures a work; what it starts is closed with `opened`. */
export type Work = (opened: AsyncDisposableStack) => Promise<Row[]>;

export const works: Record<string, Work> = {
  query: measureQuery,
  viewer: measureViewer,
  task: measureTask,
  accept: measureAccept,
  own: measureOwn,
  fanout: measureFanout,
  memory: measureMemory,
  idle: measureIdle,
  webhooks: measureWebhooks,
  polling: measurePolling,
  statements: measureStatements,
  active: measureActive,
  history: measureHistory,
  upload: measureUpload,
  start: measureStart,
  rest: measureRest,
  installed: measureInstalled,
};
