/** Answers of both providers that users of such products met, with what they must come to. */
import sharp from 'sharp';
import type { ScriptedAnswer } from './scripted-server.ts';
import { generation, picturePart } from './provider-messages.ts';

export interface AnswerCase {
  title: string;
  scene?: 'IMAGE_TO_IMAGE';
  count?: number;
  /** To each call that makes pictures, in order; the last one is repeated. */
  answers: ScriptedAnswer[];
  /** Merged into Replicate's prediction once it has ended; `SERVER` stands for the address of the scripted server. */
  prediction?: object;
  /** The task in the end. */
  ends: object;
  /** How often pictures are asked for, at most: each may be paid for. */
  calls: number;
}

const drawn = sharp({ create: { width: 320, height: 180, channels: 3, background: 'teal' } });
const jpeg = await drawn.clone().jpeg().toBuffer();
const frames = await Promise.all(
  ['teal', 'plum'].map((background) =>
    sharp({ create: { width: 320, height: 180, channels: 3, background } })
      .png()
      .toBuffer(),
  ),
);
/** Of 320×180; delivered under `SERVER/delivery/<name>`. */
export const pictures = {
  png: await drawn.clone().png().toBuffer(),
  jpeg,
  /** As some encoders leave it: without the marker of its end. */
  openJpeg: jpeg.subarray(0, -2),
  avif: await drawn.clone().avif({ effort: 0 }).toBuffer(),
  gif: await drawn.clone().gif().toBuffer(),
  animatedWebp: await sharp(frames, { join: { animated: true } })
    .webp({ delay: [200, 200] })
    .toBuffer(),
  webp: await drawn.clone().webp().toBuffer(),
};
const png = pictures.png.toString('base64');

const succeeded = (images = 1) => ({
  status: 'SUCCESS',
  images: Array.from({ length: images }, () => ({ width: 320, height: 180 })),
});
const failed = (code: string, retryable: boolean) => ({ status: 'FAILED', failure: { code, retryable } });

const parts = (...content: object[]): ScriptedAnswer[] => [{ json: generation(content) }];
const ended = (finishReason: string, ...content: object[]): ScriptedAnswer[] => [
  { json: generation(content, { finishReason }) },
];
const problem = (httpStatus: number, status: string, message: string, details: object[] = []) => ({
  status: httpStatus,
  json: { error: { code: httpStatus, status, message, details } },
});
const busy = problem(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');
const quota = (quotaId: string, quotaValue?: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId, ...(quotaValue !== undefined && { quotaValue }) }],
});

/** Given once before all others, so that its id is a known one. */
export const firstCase: AnswerCase = {
  title: 'a picture under the id of an earlier answer',
  answers: [{ json: { ...generation([picturePart(pictures.png)]), responseId: 'seen-before' } }],
  ends: succeeded(),
  calls: 2,
};

export const geminiCases: AnswerCase[] = [
  firstCase,
  ...(
    [
      ['a data URI', { inlineData: { mimeType: 'image/png', data: `data:image/png;base64,${png}` } }],
      ['names with underscores', { inline_data: { mime_type: 'image/png', data: png } }],
      ['a type that says nothing', { inlineData: { mimeType: 'application/octet-stream', data: png } }],
      ['no type', { inlineData: { data: png } }],
      ['an address', { fileData: { mimeType: 'image/png', fileUri: 'SERVER/delivery/png' } }],
      ['an address with underscores', { file_data: { file_uri: 'SERVER/delivery/webp' } }],
    ] as const
  ).map(([title, part]) => ({
    title: `a picture as ${title}`,
    answers: parts(part),
    ends: succeeded(),
    calls: 1,
  })),
  {
    title: 'an AVIF',
    answers: parts({ inlineData: { mimeType: 'image/avif', data: pictures.avif.toString('base64') } }),
    ends: succeeded(),
    calls: 1,
  },
  {
    title: 'a JPEG that is called a PNG',
    answers: parts({ inlineData: { mimeType: 'image/png', data: pictures.jpeg.toString('base64') } }),
    ends: { status: 'SUCCESS', images: [{ contentType: 'image/jpeg' }] },
    calls: 1,
  },
  {
    title: 'a picture beside a blocked candidate',
    answers: [
      {
        json: {
          candidates: [
            { finishReason: 'SAFETY' },
            { finishReason: 'STOP', content: { parts: [picturePart(pictures.png)] } },
          ],
        },
      },
    ],
    ends: succeeded(),
    calls: 1,
  },
  {
    title: 'too busy twice, then a picture',
    answers: [busy, busy, ...parts(picturePart(pictures.png))],
    ends: succeeded(),
    calls: 3,
  },
  {
    title: 'a reference that cannot be read',
    scene: 'IMAGE_TO_IMAGE',
    answers: [problem(400, 'INVALID_ARGUMENT', 'Unable to process input image')],
    ends: failed('REFERENCE_UNUSABLE', false),
    calls: 1,
  },
  {
    title: 'a place that is not served',
    answers: [problem(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.')],
    ends: failed('PROVIDER_AUTH', false),
    calls: 1,
  },
  {
    title: 'a refusal in words',
    answers: parts({ text: "I can't create images of real people." }),
    ends: failed('DECLINED', false),
    calls: 1,
  },
  {
    title: 'words that no list foresees',
    answers: ended('NO_IMAGE', { text: 'Das kann ich nicht zeichnen.' }),
    ends: failed('DECLINED', false),
    calls: 1,
  },
  {
    title: 'no picture and no word',
    answers: ended('NO_IMAGE'),
    ends: failed('NO_IMAGE_RETURNED', true),
    calls: 2,
  },
  {
    title: 'no picture under the id of an earlier answer',
    answers: [{ json: { ...generation([], { finishReason: 'NO_IMAGE' }), responseId: 'seen-before' } }],
    ends: failed('NO_IMAGE_RETURNED', true),
    calls: 2,
  },
  {
    title: 'no picture, then one',
    answers: [...ended('IMAGE_OTHER'), ...parts(picturePart(pictures.png))],
    ends: succeeded(),
    calls: 2,
  },
  {
    title: 'an unforeseen end',
    answers: ended('SOMETHING_NEW'),
    ends: failed('NO_IMAGE_RETURNED', true),
    calls: 1,
  },
  {
    title: 'a new kind of block',
    answers: ended('IMAGE_SAFETY_V2'),
    ends: failed('CONTENT_BLOCKED', false),
    calls: 1,
  },
  {
    title: 'a blocked prompt with an unforeseen block',
    answers: [{ json: { promptFeedback: { blockReason: 'SOMETHING_NEW' } } }],
    ends: failed('CONTENT_BLOCKED', false),
    calls: 1,
  },
  {
    title: 'a quota of 0 by its value',
    answers: [problem(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [quota('PerMinute-FreeTier', '0')])],
    ends: failed('INSUFFICIENT_PROVIDER_CREDIT', false),
    calls: 1,
  },
  {
    title: 'a quota of 0 in words',
    answers: [
      problem(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for metric: requests, limit: 0, model: m', [
        quota('PerMinute-FreeTier'),
        { retryDelay: '1s' },
      ]),
    ],
    ends: failed('INSUFFICIENT_PROVIDER_CREDIT', false),
    calls: 1,
  },
  {
    title: 'a quota that is used up for the day',
    answers: [problem(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [quota('RequestsPerDay', '20')])],
    ends: failed('RATE_LIMITED', true),
    calls: 1,
  },
  {
    title: 'a rate limit, then a picture',
    answers: [
      problem(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded, limit: 10', [{ retryDelay: '0.5s' }]),
      ...parts(picturePart(pictures.png)),
    ],
    ends: succeeded(),
    calls: 2,
  },
  {
    title: 'an error with HTTP 200',
    answers: [{ json: { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'A field is wrong.' } } }],
    ends: failed('INVALID_INPUT', false),
    calls: 1,
  },
  {
    title: 'an error of no kind with HTTP 200',
    answers: [{ json: { error: { message: 'Something went wrong.' } } }],
    ends: failed('PROVIDER_ERROR', true),
    calls: 1,
  },
  {
    title: 'bytes that are no picture',
    answers: parts(picturePart('<?xml version="1.0"?><Error/>')),
    ends: failed('PROVIDER_BAD_RESPONSE', true),
    calls: 1,
  },
  {
    title: 'an address of our own network',
    answers: parts({ fileData: { mimeType: 'image/png', fileUri: 'http://169.254.169.254/latest/' } }),
    ends: failed('PROVIDER_BAD_RESPONSE', true),
    calls: 1,
  },
];

const output = (title: string, value: unknown): AnswerCase => ({
  title: `an output that is ${title}`,
  answers: [],
  prediction: { output: value },
  ends: succeeded(),
  calls: 1,
});
const error = (said: unknown, code: string, retryable: boolean, calls = 1): AnswerCase => ({
  title: `the error ${JSON.stringify(said)}`,
  answers: [],
  prediction: { status: 'failed', error: said },
  ends: failed(code, retryable),
  calls,
});

export const replicateCases: AnswerCase[] = [
  output('bare base64', png),
  output('an AVIF', ['SERVER/delivery/avif']),
  output('a GIF', ['SERVER/delivery/gif']),
  output('an animated WebP', ['SERVER/delivery/animatedWebp']),
  output('a JPEG without its last bytes', ['SERVER/delivery/openJpeg']),
  output('a data URI of an unknown kind', [`data:application/octet-stream;base64,${png}`]),
  output('named `result`', { result: 'SERVER/delivery/jpeg' }),
  output('a list named `image_urls`', { image_urls: ['SERVER/delivery/webp'] }),
  output('named `b64_json`', { data: [{ b64_json: png }] }),
  output('under an unforeseen name', { seed: 7, renders: [{ full: 'SERVER/delivery/jpeg' }] }),
  output('a picture that the delivery host does not have at first', ['SERVER/delivery/late/jpeg']),
  output('a picture behind a redirect', ['SERVER/delivery/moved/jpeg']),
  {
    title: 'a picture and a null where two were asked for',
    count: 2,
    answers: [],
    prediction: { output: ['SERVER/delivery/jpeg', null] },
    ends: { ...succeeded(), refundedCredits: 2 },
    calls: 1,
  },
  {
    title: 'an error page in place of the picture',
    answers: [],
    prediction: { output: ['SERVER/delivery/page'] },
    ends: failed('PROVIDER_BAD_RESPONSE', true),
    calls: 1,
  },
  {
    title: 'a picture that is gone',
    answers: [],
    prediction: { output: ['SERVER/delivery/nowhere'] },
    ends: failed('OUTPUT_EXPIRED', true),
    calls: 1,
  },
  {
    title: 'an address of our own network',
    answers: [],
    prediction: { output: ['http://[::ffff:10.0.0.1]/0.png'] },
    ends: failed('PROVIDER_BAD_RESPONSE', true),
    calls: 1,
  },
  {
    title: 'a redirect into our own network',
    answers: [],
    prediction: { output: ['SERVER/delivery/inwards'] },
    ends: failed('PROVIDER_BAD_RESPONSE', true),
    calls: 1,
  },
  {
    title: 'throttled until a date',
    answers: [{ status: 429, json: {}, headers: { 'retry-after': 'IN 2 SECONDS' } }],
    prediction: { output: ['SERVER/delivery/jpeg'] },
    ends: succeeded(),
    calls: 2,
  },
  {
    title: 'a refused prompt at creation',
    answers: [{ status: 422, json: { detail: 'The prompt was flagged as sensitive.', status: 422 } }],
    ends: failed('CONTENT_BLOCKED', false),
    calls: 1,
  },
  error('Service is currently unavailable due to high demand. (E003)', 'PROVIDER_UNAVAILABLE', true, 3),
  error('Service is temporarily unavailable. (E004)', 'PROVIDER_UNAVAILABLE', true, 3),
  error('The input or output was flagged as sensitive. (E005) (kq2)', 'CONTENT_BLOCKED', false),
  error('Prediction failed: The request was blocked: PROHIBITED_CONTENT', 'CONTENT_BLOCKED', false),
  error('The output image may be related to copyright restrictions.', 'CONTENT_BLOCKED', false),
  error({ detail: 'NSFW content detected' }, 'CONTENT_BLOCKED', false),
  error({ error: { message: 'Flagged by moderation' } }, 'CONTENT_BLOCKED', false),
  error('The input was invalid. (E006)', 'INVALID_INPUT', false),
  error('cannot identify image file', 'REFERENCE_UNUSABLE', false),
  error('CUDA out of memory.', 'PROVIDER_ERROR', true, 2),
  error('Something unforeseen', 'PROVIDER_ERROR', true),
  error(null, 'PROVIDER_ERROR', true),
];
