/** Providers that repeat their caller's key, and words of their own, in whatever they answer. */
import { randomUUID } from 'node:crypto';
import { openScriptedServer, type ScriptedAnswer, type ScriptedServer } from './scripted-server.ts';
import { generation, isPredictionCreated, picturePart, prediction } from './provider-messages.ts';

export interface MisbehavingProvider {
  server: ScriptedServer;
  /** What it has an answer for: all fail but `fine`. */
  prompts: string[];
}

interface Misbehavior {
  key: string;
  /** In everything that it says. */
  words: string;
  /** What it makes where the prompt is `fine`. */
  picture: Uint8Array;
}

export async function openMisbehavingReplicate({
  key,
  words,
  picture,
}: Misbehavior): Promise<MisbehavingProvider> {
  const said = `${words}: Authorization Bearer ${key} is not welcome`;
  const error = (status: number): ScriptedAnswer => ({
    status,
    json: { title: said, detail: said, error: said },
    headers: { 'x-reason': said },
  });
  const failed = (fields: object) =>
    prediction('failed', { error: said, logs: `${said}\n`, metrics: { [said]: said }, ...fields });
  const starting = { status: 201, json: prediction('starting') };

  /** By prompt: what answers the creation, and each question after it. */
  const says: Record<string, [creation: ScriptedAnswer, poll?: ScriptedAnswer]> = {
    'refused key': [error(401)],
    'no credit': [error(402)],
    'no model': [error(404)],
    'bad input': [error(422)],
    broken: [error(500)],
    'a page': [{ status: 502, body: `<html>${said}</html>`, headers: { 'content-type': 'text/html' } }],
    'no JSON': [{ status: 201, body: said }],
    'cut off': [{ status: 201, cutOff: `{"error":"${said}` }],
    redirected: [
      { status: 302, json: {}, headers: { location: `http://127.0.0.1:1/?${encodeURIComponent(said)}` } },
    ],
    failed: [starting, { json: failed({}) }],
    aborted: [starting, { json: failed({ status: 'aborted' }) }],
    'an unknown end': [starting, { json: failed({ status: said }) }],
    flagged: [starting, { json: failed({ error: `NSFW ${said} (E005)` }) }],
    gone: [starting, error(404)],
    'no picture': [starting, { json: prediction('succeeded', { output: said }) }],
    'a picture that has gone': [
      starting,
      {
        json: prediction('succeeded', {
          output: ['SERVER/gone'],
          logs: said,
          input: { prompt: said, key: key },
        }),
      },
    ],
    'a picture that is none': [starting, { json: prediction('succeeded', { output: ['SERVER/page'] }) }],
    fine: [
      { status: 201, json: prediction('starting', { logs: said }) },
      {
        json: prediction('succeeded', {
          output: ['SERVER/picture'],
          logs: said,
          urls: { get: said },
          webhook: said,
        }),
      },
    ],
  };

  const server = await openScriptedServer();
  const prompts = new Map<string, string>();
  server.answer((request) => {
    if (request.path.endsWith('/gone')) return { status: 403, body: said };
    if (request.path.endsWith('/page'))
      return { body: `<html>${said}</html>`, headers: { 'content-type': 'image/png' } };
    if (request.path.endsWith('/picture'))
      return { body: picture, headers: { 'content-type': 'image/jpeg' } };
    if (isPredictionCreated(request)) {
      const { prompt } = (request.json as { input: { prompt: string } }).input;
      const id = `id${prompts.size}`;
      prompts.set(id, prompt);
      return named(says[prompt]![0], id, server.url);
    }
    const id = /predictions\/(\w+)/.exec(request.path)?.[1] ?? '';
    const answer = says[prompts.get(id) ?? '']?.[1];
    return answer ? named(answer, id, server.url) : error(404);
  });
  return { server, prompts: Object.keys(says) };
}

/** The answer with the prediction's id, and with addresses at the server. */
function named(answer: ScriptedAnswer, id: string, url: string): ScriptedAnswer {
  if (!('json' in answer)) return answer;
  const json = JSON.stringify({ ...(answer.json as object), id }).replaceAll('SERVER', url);
  return { ...answer, json: JSON.parse(json) as object };
}

export async function openMisbehavingGemini({
  key,
  words,
  picture,
}: Misbehavior): Promise<MisbehavingProvider> {
  const said = `${words}: x-goog-api-key ${key} is not welcome`;
  /** As Gemini answers, without an id that would name another answer as well. */
  const generated = (...parts: Parameters<typeof generation>) => {
    const { responseId: _, ...answer } = generation(...parts);
    return answer;
  };
  const googleSays = (status: number, reason: string): ScriptedAnswer => ({
    status,
    headers: { 'x-reason': said },
    json: {
      error: {
        code: status,
        message: said,
        status: reason,
        details: [{ reason: said, metadata: { key: key } }],
      },
    },
  });
  const says: Record<string, ScriptedAnswer> = {
    'refused key': googleSays(400, 'INVALID_ARGUMENT'),
    forbidden: googleSays(403, 'PERMISSION_DENIED'),
    broken: googleSays(500, 'INTERNAL'),
    'no JSON': { body: said },
    blocked: {
      json: {
        promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: said },
        responseId: said,
      },
    },
    'text alone': { json: generated([{ text: said }]) },
    'no picture': { json: generated([], { finishReason: 'IMAGE_SAFETY', finishMessage: said }) },
    'a picture that is none': { json: generated([picturePart(said)]) },
    fine: {
      json: generated([
        { text: said, thought: true, thoughtSignature: said },
        picturePart(picture, { thoughtSignature: said }),
      ]),
    },
  };

  const server = await openScriptedServer();
  server.answer(({ json }) => {
    const { contents } = json as { contents: { parts: { text: string }[] }[] };
    const answer = says[contents[0]!.parts[0]!.text]!;
    return 'json' in answer
      ? { ...answer, json: { responseId: randomUUID(), ...(answer.json as object) } }
      : answer;
  });
  return { server, prompts: Object.keys(says) };
}
