/** A client process with many sockets, one subscription to a task each, that also publishes the events as another node would. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { pause } from './process.ts';
import { serveCalls } from './probe.ts';

export interface OpenJob {
  url: string;
  /** Socket n subscribes to task n, modulo their number. */
  tasks: string[];
  sockets: number;
  token?: string;
}

export interface EventsJob {
  channel: string;
  /** A message of the product for a task. */
  message: string;
  /** Row ids of the tasks. */
  tasks: string[];
  events: number;
  /** How many are published every 10 ms; 0 publishes one after the other, each once all sockets have the one before. */
  burst: number;
  /** Frames that the events must lead to. */
  frames: number;
}

export interface EventsResult {
  /** Milliseconds from the publication to the receipt of each frame; of the last frame where events come one by one. */
  delaysMs: number[];
  lost: number;
}

const document = 'subscription ($id: ID) { taskUpdated(id: $id) { id version status prompt costCredits } }';
const frameForm = /"taskUpdated":\{.*"version":(\d+),"status":"PENDING","prompt":".+","costCredits":\d/;
/** How long a frame may take until it counts as lost. */
const lostAfterMs = 10_000;
const openAtOnce = 50;

const redis = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', { lazyConnect: true });
let sockets: WebSocket[] = [];
let onFrame = (_id: string, _version: number) => {};
let lastVersion = 1_000;

async function openOne({ url, tasks, token }: OpenJob, index: number): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  const id = tasks[index % tasks.length]!;
  const first = Promise.withResolvers<void>();
  const send = (message: object) => socket.send(JSON.stringify(message));
  const read = (text: string) => {
    const [, version] = frameForm.exec(text) ?? [];
    if (text.includes('"connection_ack"'))
      return send({ id: '1', type: 'subscribe', payload: { query: document, variables: { id } } });
    if (version === undefined || !text.includes(id))
      return /"ping"|"pong"|"ka"/.test(text) ? undefined : first.reject(new Error(`Wrong frame: ${text}`));
    first.resolve();
    onFrame(id, Number(version));
  };
  socket.on('message', (data) => read(String(data)));
  socket.on('close', (code) => first.reject(new Error(`A socket was closed with ${code}`)));
  socket.on('error', () => {});
  await once(socket, 'open');
  send({ type: 'connection_init', ...(token && { payload: { authorization: `Bearer ${token}` } }) });
  await first.promise;
  return socket;
}

/** Resolves when every socket has received the current state of its task. */
async function open(job: OpenJob): Promise<void> {
  for (let index = 0; index < job.sockets; index += openAtOnce) {
    const some = Array.from({ length: Math.min(openAtOnce, job.sockets - index) }, (_, offset) =>
      openOne(job, index + offset),
    );
    sockets.push(...(await Promise.all(some)));
  }
}

/** Publishes events, and resolves when all frames have come or are lost. */
async function events(job: EventsJob): Promise<EventsResult> {
  const { channel, message, tasks, frames, burst } = job;
  const parsed = JSON.parse(message) as { node: string; task: object };
  const delaysMs: number[] = [];
  const sentAt = new Map<number, number>();
  let [received, target] = [0, 0];
  let complete = Promise.withResolvers<void>();
  onFrame = (_, version) => {
    const at = sentAt.get(version);
    if (at === undefined) return;
    received += 1;
    if (burst > 0) delaysMs.push(performance.now() - at);
    if (received === target) complete.resolve();
  };
  const publish = (index: number) => {
    const version = (lastVersion += 1);
    const id = tasks[index % tasks.length];
    sentAt.set(version, performance.now());
    return redis.publish(channel, JSON.stringify({ node: 'bench', task: { ...parsed.task, id, version } }));
  };
  const arrival = () => Promise.race([complete.promise, pause(lostAfterMs)]);
  if (burst > 0) target = frames;
  for (let index = 0; index < job.events; index += 1) {
    if (burst > 0) {
      void publish(index);
      if (index % burst === burst - 1) await pause(10);
      continue;
    }
    complete = Promise.withResolvers<void>();
    target = received + frames / job.events;
    const startedAt = performance.now();
    await publish(index);
    await arrival();
    delaysMs.push(performance.now() - startedAt);
  }
  if (received < target) await arrival();
  return { delaysMs, lost: frames - received };
}

async function close(): Promise<void> {
  const closed = sockets.map(async (socket) => {
    if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close');
  });
  for (const socket of sockets) socket.close();
  await Promise.race([Promise.all(closed), pause(2_000)]);
  for (const socket of sockets.splice(0)) socket.terminate();
}

await redis.connect();
serveCalls({ open, events, close });
console.log('ready');
