/** A client process with many sockets, a subscription each, that also publishes events as another node would. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { nowMs, pause, redisUrl } from './process.ts';
import { serveCalls } from './probe.ts';

export interface OpenJob {
  url: string;
  /** Socket n subscribes to task n, modulo their number; to all tasks of the user where there is none. */
  tasks: string[];
  sockets: number;
  token?: string | undefined;
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
  /** Milliseconds until the receipt of each frame; of the last frame where events are published one by one. */
  delaysMs: number[];
  lost: number;
}

const document = (more: string) =>
  `subscription ($id: ID) { taskUpdated(id: $id) { id version status prompt costCredits ${more} } }`;
const frameForm =
  /"taskUpdated":\{.*"version":(\d+),"status":"PENDING","prompt":"(.+)","costCredits":\d(?:,"createdAt":"(.+?)")?/;
/** How long a frame may take until it counts as lost. */
const lostAfterMs = 10_000;
const openAtOnce = 50;
const redis = new Redis(redisUrl, { lazyConnect: true });
const sockets: WebSocket[] = [];
let onFrame = (_frame: RegExpExecArray) => {};
let lastVersion = 1_000;

async function openOne({ url, tasks, token }: OpenJob, index: number): Promise<WebSocket> {
  const address = `${url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { perMessageDeflate: false });
  const id = tasks[index % tasks.length];
  const first = Promise.withResolvers<void>();
  const send = (message: object) => socket.send(JSON.stringify(message));
  socket.on('message', (data) => {
    const text = String(data);
    const frame = frameForm.exec(text);
    if (text.includes('"connection_ack"')) {
      const query = document(id === undefined ? 'createdAt' : '');
      send({ id: '1', type: 'subscribe', payload: { query, variables: { id } } });
      if (id === undefined) first.resolve(); // There is no current state.
    } else if (frame && text.includes(id ?? '')) {
      first.resolve();
      onFrame(frame);
    } else if (!/"ping"|"pong"|"ka"|"PROCESSING"/.test(text)) first.reject(new Error(`Wrong frame: ${text}`));
  });
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
    const length = Math.min(openAtOnce, job.sockets - index);
    sockets.push(...(await Promise.all(Array.from({ length }, (_, offset) => openOne(job, index + offset)))));
  }
}

/** Resolves when so many frames that `accept` returns a delay for have come, or are lost. */
async function receive(frames: number, accept: (frame: RegExpExecArray) => number | undefined) {
  const delaysMs: number[] = [];
  const complete = Promise.withResolvers<void>();
  onFrame = (frame) => {
    const delayMs = accept(frame);
    if (delayMs !== undefined && delaysMs.push(delayMs) === frames) complete.resolve();
  };
  const timer = setTimeout(complete.resolve, lostAfterMs);
  await complete.promise;
  clearTimeout(timer);
  return delaysMs;
}

/** Publishes events, and resolves when all frames have come or are lost. */
async function events({ channel, message, tasks, ...job }: EventsJob): Promise<EventsResult> {
  if (redis.status === 'wait') await redis.connect();
  const { task } = JSON.parse(message) as { task: object };
  const sentAt = new Map<string, number>();
  const publish = () => {
    const version = (lastVersion += 1);
    sentAt.set(String(version), performance.now());
    const event = { node: 'bench', task: { ...task, id: tasks[version % tasks.length], version } };
    return redis.publish(channel, JSON.stringify(event));
  };
  const delayOf = ([, version]: RegExpExecArray) => {
    const at = sentAt.get(version!);
    return at === undefined ? undefined : performance.now() - at;
  };
  if (job.burst > 0) {
    const received = receive(job.frames, delayOf);
    for (let index = 0; index < job.events; index += 1) {
      void publish();
      if (index % job.burst === job.burst - 1) await pause(10);
    }
    const delaysMs = await received;
    return { delaysMs, lost: job.frames - delaysMs.length };
  }
  const result: EventsResult = { delaysMs: [], lost: job.frames };
  for (let index = 0; index < job.events; index += 1) {
    const received = receive(job.frames / job.events, delayOf);
    await publish();
    const delaysMs = await received;
    result.delaysMs.push(delaysMs.length < job.frames / job.events ? Number.NaN : Math.max(...delaysMs));
    result.lost -= delaysMs.length;
  }
  return result;
}

/** Milliseconds from the acceptance of a task, which the caller asks for now, to the receipt by each socket. */
async function accepted({ prompt }: { prompt: string }): Promise<EventsResult> {
  const delaysMs = await receive(sockets.length, ([, version, text, createdAt]) =>
    text === prompt && version === '1' ? nowMs() - Date.parse(createdAt!) : undefined,
  );
  return { delaysMs, lost: sockets.length - delaysMs.length };
}

serveCalls({ open, events, accepted });
console.log('ready');
