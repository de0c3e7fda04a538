/** Every answer goes through the real SDKs, the worker and the storage, to the task that the user sees. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '../server/lib/json.ts';
import {
  openScriptedServer,
  type ScriptedAnswer,
  type ScriptedRequest,
  type ScriptedServer,
} from './support/scripted-server.ts';
import { isPredictionCreated, prediction } from './support/provider-messages.ts';
import { type Caller, follow, generate, signUp } from './support/api.ts';
import {
  type AnswerCase,
  firstCase,
  geminiCases,
  pictures,
  replicateCases,
} from './support/provider-answers.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let server: ScriptedServer;
let app: TestApp;
let caller: Caller;
let reference: string;
/** By prompt, which is the case's title: the calls that make pictures. */
const calls = new Map<string, number>();
/** By a prediction's id: its case. */
const predictions = new Map<string, AnswerCase>();

beforeAll(async () => {
  server = await openScriptedServer();
  server.answer((request) => atServer(answer(request)));
  app = await startTestApp({
    REPLICATE_API_TOKEN: 'r8_test',
    REPLICATE_BASE_URL: `${server.url}/v1`,
    GEMINI_API_KEY: 'gemini-test',
    GEMINI_BASE_URL: server.url,
    SIGNUP_CREDITS: '10000',
    MAX_ACTIVE_TASKS: '100',
    OPERATIONS_PER_MINUTE: '10000',
  });
  caller = await signUp(app.url);
  reference = (await caller.upload(pictures.png)).data!.uploadImage.image.id;
  await outcome('gemini-3-pro-image', 'gemini', firstCase);
});
afterAll(async () => {
  await app?.remove();
  await server?.close();
});

function answer(request: ScriptedRequest): ScriptedAnswer {
  if (request.path.startsWith('/delivery/')) return deliver(request.path.slice('/delivery/'.length));
  if (request.path.endsWith(':generateContent')) {
    const { contents } = request.json as { contents: { parts: { text: string }[] }[] };
    return named(next(geminiCases, contents[0]!.parts[0]!.text)!);
  }
  if (isPredictionCreated(request)) {
    const { prompt } = (request.json as { input: { prompt: string } }).input;
    const refusal = next(replicateCases, prompt);
    if (refusal) return refusal;
    const id = `id${predictions.size}`;
    predictions.set(id, caseOf(replicateCases, prompt));
    return { status: 201, json: { ...prediction('starting'), id } };
  }
  const id = /predictions\/(\w+)$/.exec(request.path)?.[1] ?? '';
  const found = predictions.get(id);
  return found
    ? { json: { ...prediction('succeeded'), ...found.prediction, id } }
    : { status: 404, json: {} };
}

/** An answer of Gemini with an id of its own. */
function named(given: ScriptedAnswer): ScriptedAnswer {
  if (!('json' in given) || !isJsonObject(given.json) || !('candidates' in given.json)) return given;
  const { responseId } = given.json;
  return responseId === 'seen-before'
    ? given
    : { ...given, json: { ...given.json, responseId: randomUUID() } };
}

/** The answer to the next call with that prompt; undefined where a prediction is created as usual. */
function next(cases: AnswerCase[], prompt: string): ScriptedAnswer | undefined {
  const call = calls.get(prompt) ?? 0;
  calls.set(prompt, call + 1);
  const { answers, prediction: ending } = caseOf(cases, prompt);
  return answers[call] ?? (ending ? undefined : answers.at(-1));
}

function caseOf(cases: AnswerCase[], prompt: string): AnswerCase {
  return cases.find(({ title }) => prompt.endsWith(title))!;
}

const asked = new Set<string>();
function deliver(name: string): ScriptedAnswer {
  const [kind = '', rest] = name.split('/');
  if (kind === 'late' && !asked.has(name)) {
    asked.add(name);
    return { status: 404, json: {} };
  }
  if (kind === 'moved') return { status: 302, body: '', headers: { location: `/delivery/${rest}` } };
  if (kind === 'inwards') return { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } };
  if (kind === 'page') return { body: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>' };
  const bytes = pictures[(rest ?? kind) as keyof typeof pictures];
  return bytes
    ? { body: bytes, headers: { 'content-type': 'application/octet-stream' } }
    : { status: 404, json: {} };
}

/** Fills in what is known only while the server runs. */
function atServer(given: ScriptedAnswer): ScriptedAnswer {
  if (!('json' in given)) return given;
  const json: unknown = JSON.parse(JSON.stringify(given.json).replaceAll('SERVER', server.url));
  const retryAfter = given.headers?.['retry-after'];
  if (retryAfter !== 'IN 2 SECONDS') return { ...given, json };
  const headers = { 'retry-after': new Date(Date.now() + 2000).toUTCString() };
  return { ...given, json, headers };
}

async function outcome(model: string, provider: string, { title, scene, count }: AnswerCase) {
  const prompt = `${provider} ${title}`;
  const task = await generate(caller, {
    model,
    prompt,
    ...(scene && { scene, referenceImages: [reference] }),
    ...(count && { options: { count } }),
  });
  const end = (await follow(caller, task.id)).at(-1)!;
  return { end, calls: calls.get(prompt) };
}

describe('an answer of Gemini', () => {
  it.concurrent.each(geminiCases)('$title', async (given) => {
    const { end, calls } = await outcome('gemini-3-pro-image', 'gemini', given);
    expect(end).toMatchObject(given.ends);
    expect(calls).toBeLessThanOrEqual(given.calls);
  });
});

describe('an answer of Replicate', () => {
  it.concurrent.each(replicateCases)('$title', async (given) => {
    const { end, calls } = await outcome('black-forest-labs/flux-schnell', 'replicate', given);
    expect(end).toMatchObject(given.ends);
    expect(calls).toBeLessThanOrEqual(given.calls);
  });
});
