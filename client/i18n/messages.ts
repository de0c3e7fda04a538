/**
 * The texts of the first paint of the page; those of what is loaded later are in `lazy-messages.ts`. Sentence case, short,
 * plain: what happened, what it cost, what to do. Never a code, never a provider's own text.
 */

import { createFormats } from './formats.ts';
import { createMessages, type Language } from './language.ts';

const format = createFormats('en');
const { number, counted, percent, megabytes, seconds } = format;
const credits = (count: number) => counted(count, 'credit', 'credits');
/** The server's reason names the limits of this installation. */
const refused = (name: string, reason: string) => `${name}: ${reason}`;

const english = {
  language: 'en' as Language,
  credits,
  format,

  app: {
    name: 'Proofsheet',
    home: 'Proofsheet home',
    skip: 'Skip to prompt',
    switchTheme: 'Switch colour theme',
    tryAgain: 'Try again',
    undo: 'Undo',
    partFailed: 'A part of the page did not load.',
    reload: 'Reload',
  },

  form: {
    label: 'New image',
    scenes: 'Start from',
    textToImage: 'Text to image',
    imageToImage: 'Image to image',
    generate: 'Generate',
    waitingForPlace: 'Waiting for a free place',
    tryAgainIn: (waitSeconds: number) => `in ${number(waitSeconds)} s`,
    dropFiles: 'Drop to use as reference images',
    shortcut: 'Ctrl ↵',
    waitingForUploads: (count: number) => `Waiting for ${counted(count, 'upload', 'uploads')}`,
    stopWaiting: 'Stop waiting',
  },

  prompt: {
    label: 'Prompt',
    placeholder: 'Describe what you want to see',
    clear: 'Clear',
    undoClear: 'Undo clear',
    earlier: 'Earlier prompts',
    styles: 'Styles',
    fromHistory: (place: number, count: number) => `Earlier prompt ${number(place)} of ${number(count)}`,
    ownAgain: 'Your own text again',
    count: (used: number, limit: number) => `${used}/${limit}`,
    used: (used: number, limit: number) =>
      `${number(used)} of ${counted(limit, 'character', 'characters')} used`,
    left: (left: number) => `${counted(left, 'character', 'characters')} left`,
    empty: 'Write what you want to see first.',
    cut: (lost: number, limit: number) =>
      lost === 1
        ? `The last character did not fit. The limit is ${number(limit)}.`
        : `The last ${number(lost)} characters did not fit. The limit is ${number(limit)}.`,
  },

  references: {
    needed: 'Add at least one image to start from.',
    tooBig: (name: string, bytes: number, limit: number) =>
      `${name} is ${megabytes(bytes)}. Each image can be up to ${megabytes(limit)}.`,
    wrongType: (name: string) => `${name} is not a picture we can use. Try PNG, JPEG or WebP.`,
    unreadable: (name: string) => `${name} could not be opened. It may be damaged.`,
    tooManyPixels: (name: string, limit: number) =>
      `${name} has too many pixels. Each image can have up to ${number(limit / 1_000_000)} megapixels.`,
    tooBigToSend: (name: string, limit: number) =>
      `${name} is too big to upload. An upload can have up to ${megabytes(limit, Math.floor)}.`,
    /** By the error code of the refusal. */
    refused: {
      UPLOAD_TOO_LARGE: refused,
      UNSUPPORTED_MEDIA_TYPE: refused,
      UNREADABLE_IMAGE: refused,
      STORAGE_FULL: refused,
    },
    failed: (name: string) => `${name} did not upload.`,
    tooMany: (limit: number, leftOut: number) =>
      `Only ${counted(limit, 'image fits', 'images fit')}. ${number(leftOut)} ${leftOut === 1 ? 'was' : 'were'} left out.`,
    tooManyForModel: (model: string, limit: number) =>
      `${model} takes up to ${counted(limit, 'image', 'images')}. Remove some to go on.`,
    alreadyThere: (names: string[]) =>
      `${format.list(names)} ${names.length === 1 ? 'is' : 'are'} already in the list.`,
    added: (name: string) => `${name} is a reference now.`,
  },

  models: {
    provider: 'Provider',
    model: 'Model',
    loading: 'Loading the models',
    failed: 'The list of models did not load.',
    optionDetail: (cost: number, durationMs: number | null) =>
      `${number(cost)} cr${durationMs === null ? '' : ` · ~${seconds(durationMs)}`}`,
    several: 'On several models',
    moreOptions: 'More options',
    noneForImages: 'No models can do image to image right now.',
    noneForText: 'No models can do text to image right now.',
    switchToText: 'Switch to text to image',
    switchToImages: 'Switch to image to image',
    replacedForImages: (from: string, to: string) =>
      `${from} can’t start from an image, so ${to} is selected.`,
    replacedForText: (from: string, to: string) =>
      `${from} can’t start from text alone, so ${to} is selected.`,
    sandbox: (provider: string) => `Sandbox: pictures are drawn by a built-in emulator, not by ${provider}.`,
    options: 'Options',
    /** By the name of the option in the API: the form shows the options that are here. */
    optionLabels: {
      count: 'Images',
      aspectRatio: 'Shape',
      resolution: 'Size',
      outputFormat: 'File type',
      seed: 'Seed',
    },
    optionInvalid: (label: string, min: number, max: number) =>
      `${label} must be a whole number from ${number(min)} to ${number(max)}.`,
    byDefault: 'Model’s choice',
    sameAsReference: 'Like the first reference',
    megapixels: (value: string) => `${value} MP`,
    formats: { webp: 'WebP', jpg: 'JPEG', jpeg: 'JPEG', png: 'PNG' } as Readonly<Record<string, string>>,
  },

  cost: {
    costs: 'Costs',
    unknown: 'The cost shows up here',
    leftAfter: (left: number) => `${number(left)} left after`,
    signIn: 'Sign in to see your credits',
    notEnough: (cost: number, balance: number) =>
      `This costs ${credits(cost)} and you have ${number(balance)}.`,
    balance: 'credits',
    free: (count: number) => `${credits(count)} free when you sign up`,
  },

  auth: {
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedOut: 'You were signed out. Nothing was lost.',
    signOutFailed: 'Signing out did not work. You are still signed in.',
  },

  feed: {
    loading: 'Loading your images',
    failed: 'Earlier images did not load.',
    emptyTitle: 'Describe a picture. Watch it develop.',
    emptyText: 'Write a prompt, drop in a picture of your own, or start from one of these.',
    examples: [
      'Basalt islands at blue hour, long exposure',
      'Celadon vase with a ribbed body, studio light',
      'Violet dusk over a shallow lagoon',
    ],
    example: (cost: number, model: string) => `${number(cost)} cr · ${model}`,
  },

  announce: {
    sent: (code: string) => `Request ${code} sent.`,
  },

  connection: {
    reconnecting: 'Live updates stopped. Checking every 5 s.',
    offline: 'You are offline. Running requests continue; new ones can be sent when you are back.',
    back: 'Back online.',
  },

  refusal: {
    rateLimited: (waitSeconds: number | undefined) =>
      waitSeconds === undefined
        ? 'That was fast. Wait a little, then send again.'
        : waitSeconds > 0
          ? `That was fast. You can send again in ${number(waitSeconds)} s.`
          : 'You can send again now.',
    unreachable: 'The server could not be reached. Your prompt is safe.',
  },

  pages: {
    label: 'Main',
    /** `developed` is the percentage of what is developing; undefined where nothing is. */
    title: (page: string, developed: number | undefined) =>
      developed === undefined ? `${page} — Proofsheet` : `(${percent(developed)}) ${page} — Proofsheet`,
    none: 'There is no such page.',
  },
};

/** The shape of every translation: a table without one of these texts does not compile. */
export type Messages = typeof english;

/** The texts in the language of the page. Read them in JSX or in a function: a constant would keep one language. */
export const messages = createMessages('first', english);
