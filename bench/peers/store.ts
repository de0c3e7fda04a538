/** What every peer reads and writes, each by one prepared statement; and the schema that the peers with one share. */
import { createHmac, randomUUID } from 'node:crypto';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env['PEER_DATABASE_URL'] ?? '', max: 10 });

/** The answer of the query without a database, as the product gives it. */
export const models = JSON.parse(process.env['MODELS'] ?? '[]') as object[];

async function rows(name: string, text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await pool.query({ name, text, values })).rows as Record<string, unknown>[];
}

const userOf = `SELECT u.id, u.credits FROM session s JOIN "user" u ON u.id = s.user_id
  WHERE s.token = $1 AND s.expires_at > now()`;

export async function findViewer(authorization = '') {
  const [user] = await rows('viewer', userOf, [authorization.slice('Bearer '.length)]);
  return user as { id: string; credits: number } | undefined;
}

/** A task of the caller with its images, whose addresses are signed. */
export async function findTask(authorization = '', id: string) {
  const found = await rows(
    'task',
    `SELECT t.id, t.version, t.status, t.prompt, t.cost_credits AS "costCredits", i.url, i.width, i.height
     FROM session s JOIN task t ON t.user_id = s.user_id LEFT JOIN image i ON i.task_id = t.id
     WHERE s.token = $1 AND s.expires_at > now() AND t.id = $2 ORDER BY i.position`,
    [authorization.slice('Bearer '.length), id],
  );
  const images = found.map(({ url, width, height }) => ({ url: sign(String(url)), width, height }));
  const { url: _, width: __, height: ___, ...task } = found[0] ?? {};
  return { ...task, images };
}

function sign(url: string): string {
  return `${url}?signature=${createHmac('sha256', 'secret').update(url).digest('base64url')}`;
}

const acceptance = `WITH caller AS (SELECT user_id FROM session WHERE token = $1 AND expires_at > now()),
  paid AS (UPDATE "user" u SET credits = credits - 2 FROM caller WHERE u.id = caller.user_id AND credits >= 2
    RETURNING u.id, credits),
  noted AS (INSERT INTO entry SELECT $2, id, $3, -2, credits FROM paid)
  INSERT INTO task (id, user_id, status, prompt, cost_credits) SELECT $3, id, 'PENDING', $4, 2 FROM paid
  RETURNING id, version, status, prompt, cost_credits AS "costCredits", (SELECT credits FROM paid) AS credits`;

/** Charges the caller and inserts a task, in one statement. */
export async function accept(authorization: string, prompt: string) {
  const values = [authorization.slice('Bearer '.length), randomUUID(), randomUUID(), prompt];
  const [accepted] = await rows('accept', acceptance, values);
  if (!accepted) throw new Error('Refused');
  const { credits, ...task } = accepted;
  return { task, viewer: { credits } };
}

export const typeDefs = `
  type Model { name: String! label: String! }
  type Viewer { credits: Int! }
  type Image { url: String! width: Int! height: Int! }
  type Task { id: ID! version: Int! status: String! prompt: String! costCredits: Int! images: [Image!]! }
  type Payload { task: Task! viewer: Viewer! }
  input Options { count: Int }
  input GenerateImageInput { model: String! scene: String! prompt: String! options: Options }
  type Query { models: [Model!]! viewer: Viewer task(id: ID!): Task }
  type Mutation { generateImage(input: GenerateImageInput!): Payload! }
  type Subscription { taskUpdated(id: ID): Task! }`;

export interface Context {
  authorization: string;
}

export const resolvers = {
  Query: {
    models: () => models,
    viewer: (_: unknown, __: unknown, { authorization }: Context) => findViewer(authorization),
    task: (_: unknown, { id }: { id: string }, { authorization }: Context) => findTask(authorization, id),
  },
  Mutation: {
    generateImage: (_: unknown, { input }: { input: { prompt: string } }, { authorization }: Context) =>
      accept(authorization, input.prompt),
  },
};
