/**
 * Every text of the client, in one place, so that a translation can replace the whole table. Sentence case, short,
 * plain: what happened, what it cost, what to do. Never a code, never a provider's own text.
 */

const listFormat = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' });
const numberFormat = new Intl.NumberFormat('en');

function number(value: number): string {
  return numberFormat.format(value);
}

function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

function credits(count: number): string {
  return counted(count, 'credit', 'credits');
}

/** Bytes as people read them: rounded up, so that a file over the limit never looks as if it met it. */
function megabytes(bytes: number): string {
  return `${number(Math.ceil((bytes / 1_048_576) * 10) / 10)} MB`;
}

/** A duration in milliseconds, as a rough figure. */
function seconds(durationMs: number): string {
  return `${number(Math.max(1, Math.round(durationMs / 1000)))} s`;
}

function minutes(durationMs: number): string {
  return counted(Math.max(1, Math.round(durationMs / 60_000)), 'minute', 'minutes');
}

export const words = {
  credits,
  megabytes,

  app: {
    name: 'Proofsheet',
    home: 'Proofsheet home',
    skip: 'Skip to prompt',
    title: (percent: number | undefined) =>
      percent === undefined ? 'Proofsheet' : `(${percent}%) Proofsheet`,
    switchTheme: 'Switch colour theme',
    close: 'Close',
    dismiss: 'Dismiss',
    tryAgain: 'Try again',
    cancel: 'Cancel',
    undo: 'Undo',
    partFailed: 'A part of the page did not load.',
    reload: 'Reload',
  },

  bench: {
    label: 'New image',
    scenes: 'Start from',
    textToImage: 'Text to image',
    imageToImage: 'Image to image',
    generate: 'Generate',
    sending: 'Sending',
    shortcut: 'Ctrl ↵',
    waitingForUploads: (count: number) => `Waiting for ${counted(count, 'upload', 'uploads')}`,
    stopWaiting: 'Stop waiting',
    openBench: (model: string, references: number) =>
      references === 0 ? model : `${model}, ${counted(references, 'ref', 'refs')}`,
    chooseModel: 'Choose model',
    shortCost: (cost: number) => `${number(cost)} cr`,
  },

  prompt: {
    label: 'Prompt',
    placeholder: 'Describe what you want to see',
    clear: 'Clear',
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
    label: 'Reference images',
    ready: (ready: number, limit: number) => `${ready} of ${limit} ready`,
    add: 'Add images',
    addHint: 'Add images, or drop or paste them anywhere',
    drop: 'Drop to add',
    needed: 'Add at least one image to start from.',
    name: (position: number, name: string) => `Reference ${position}: ${name}`,
    remove: (name: string) => `Remove ${name}`,
    cancelUpload: (name: string) => `Cancel upload of ${name}`,
    retry: (name: string) => `Try again to upload ${name}`,
    uploading: (name: string) => `Uploading ${name}`,
    stillUploading: (name: string, percent: number) => `Still uploading ${name} (${percent}%).`,
    queued: 'Waiting',
    checking: 'Checking',
    waitsForSignIn: 'Uploads when you sign in',
    tooBigShort: 'Too big',
    wrongTypeShort: 'Wrong type',
    unreadableShort: 'Broken',
    failedShort: 'Did not upload',
    tooBig: (name: string, bytes: number, limit: number) =>
      `${name} is ${megabytes(bytes)}. Each image can be up to ${megabytes(limit)}.`,
    wrongType: (name: string) => `${name} is not a picture we can use. Try PNG, JPEG or WebP.`,
    unreadable: (name: string) => `${name} could not be opened. It may be damaged.`,
    failed: (name: string) => `${name} did not upload.`,
    tooMany: (limit: number, leftOut: number) =>
      `Only ${counted(limit, 'image fits', 'images fit')}. ${number(leftOut)} ${leftOut === 1 ? 'was' : 'were'} left out.`,
    tooManyForModel: (model: string, limit: number) =>
      `${model} takes up to ${counted(limit, 'image', 'images')}. Remove some to go on.`,
    alreadyThere: (names: string[]) =>
      `${listFormat.format(names)} ${names.length === 1 ? 'is' : 'are'} already in the list.`,
    added: (name: string) => `${name} is a reference now.`,
    numbered: (position: number) => `Reference ${position}`,
  },

  models: {
    provider: 'Provider',
    model: 'Model',
    loading: 'Loading the models',
    failed: 'The list of models did not load.',
    option: (label: string, cost: number, durationMs: number | null) =>
      `${label}\u2002${number(cost)} cr${durationMs === null ? '' : ` · ~${seconds(durationMs)}`}`,
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
    count: 'Images',
    aspectRatio: 'Shape',
    resolution: 'Size',
    outputFormat: 'File type',
    seed: 'Seed',
    seedHint: 'A number that makes a result repeatable. Leave it empty for a new one each time.',
    seedInvalid: (limit: number) => `A seed is a whole number from 0 to ${number(limit)}.`,
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
  },

  auth: {
    signIn: 'Sign in',
    signOut: 'Sign out',
    account: (name: string) => `Signed in as ${name}`,
    signInTitle: 'Sign in',
    signUpTitle: 'Create an account',
    signInToDevelop: 'Sign in to develop this',
    nothingLost: 'Your prompt and reference images stay right here.',
    name: 'Name',
    email: 'Email',
    password: 'Password',
    passwordHint: 'At least 8 characters.',
    submitSignIn: 'Sign in',
    submitSignUp: 'Create account',
    toSignUp: 'Create an account instead',
    toSignIn: 'I already have an account',
    keepEditing: 'Keep editing',
    sending: 'One moment',
    signedOut: 'You were signed out. Nothing was lost.',
    signOutFailed: 'Signing out did not work. You are still signed in.',
    problems: {
      missing: 'Fill this in first.',
      shortPassword: 'The password needs at least 8 characters.',
      longPassword: 'The password is too long.',
      badEmail: 'This does not look like an email address.',
      wrongPassword: 'The email or the password is not right.',
      emailTaken: 'There is already an account with this email. Sign in instead.',
      tooFast: 'That was fast. Wait a little, then try again.',
      unreachable: 'The server could not be reached. Check your connection, then try again.',
      unknown: 'Something broke on our side. Nothing was lost.',
    },
  },

  feed: {
    today: 'Today',
    yesterday: 'Yesterday',
    developing: (count: number) => `${number(count)} developing`,
    live: 'live',
    loading: 'Loading your images',
    failed: 'Earlier images did not load.',
    loadMore: 'Load more',
    loadingMore: 'Loading',
    emptyTitle: 'Describe a picture. Watch it develop.',
    emptyText: 'Write a prompt, drop in a picture of your own, or start from one of these.',
    examples: [
      'Basalt islands at blue hour, long exposure',
      'Celadon vase with a ribbed body, studio light',
      'Violet dusk over a shallow lagoon',
    ],
    example: (cost: number, model: string) => `${number(cost)} cr · ${model}`,
  },

  strip: {
    request: (code: string) => `Request ${code}`,
    meta: (model: string, cost: number | undefined, durationMs: number | undefined, sandbox: boolean) =>
      [
        model,
        cost === undefined ? '' : `${number(cost)} cr`,
        durationMs === undefined ? '' : seconds(durationMs),
        sandbox ? 'sandbox' : '',
      ]
        .filter(Boolean)
        .join(' · '),
    frames: (code: string) => `Images of request ${code}`,
    framesInProgress: (code: string) => `Images in progress of request ${code}`,
    frame: (code: string, prompt: string) => `Frame ${code}: ${prompt}`,
    frameInProgress: (code: string) => `Frame ${code}, developing`,
    frameMissing: 'Not made',
    openFrame: (code: string) => `Open frame ${code}`,
    downloadFrame: (code: string) => `Download frame ${code}`,
    useFrame: (code: string) => `Use frame ${code} as reference`,
    frameBroken: (code: string) => `Frame ${code} is ready but did not load.`,
    loadAgain: 'Load again',
    cancel: 'Cancel',
    delete: 'Delete',
    tryAgain: 'Try again',
    editPrompt: 'Edit prompt',
    sending: 'Sending',
    deleted: (code: string) => `Request ${code} deleted.`,
    deleteFailed: (code: string) => `Request ${code} was not deleted.`,
    cancelFailed: 'Cancelling did not work. It is still running.',
    cancelledTooLate: 'Cancelled too late; the frames are below.',
    cancelled: 'Cancelled.',
    partial: (made: number, asked: number) =>
      `${number(made)} of ${counted(asked, 'image', 'images')} came back.`,
    lost: 'We don’t know yet how this one ended',
    lostText: 'There was no answer in time. Credits for this will be checked.',
    checkAgain: 'Check again',
  },

  progress: {
    waiting: 'Waiting to start',
    percent: (percent: number) => `${percent}%`,
    percentSpoken: (percent: number) => `${percent} percent`,
    estimated: 'estimated',
    left: (etaSeconds: number) => `about ${number(etaSeconds)} s left`,
    leftSpoken: (etaSeconds: number) => `about ${counted(etaSeconds, 'second', 'seconds')} left`,
    late: 'Taking longer than usual',
    elapsed: (elapsedSeconds: number) => `${number(elapsedSeconds)} s so far`,
    label: (code: string) => `Progress of request ${code}`,
  },

  announce: {
    sent: (code: string) => `Request ${code} sent.`,
    half: (code: string) => `Request ${code} is half done.`,
    done: (code: string, count: number) => `Request ${code} is done: ${counted(count, 'image', 'images')}.`,
    failed: (code: string, text: string) => `Request ${code} failed. ${text}`,
    cancelled: (code: string) => `Request ${code} was cancelled.`,
  },

  connection: {
    reconnecting: 'Live updates stopped. Checking every 5 s.',
    offline: 'You are offline. Running requests continue; new ones can be sent when you are back.',
    back: 'Back online.',
  },

  refund: {
    full: (count: number) => `Your ${credits(count)} ${count === 1 ? 'is' : 'are'} back.`,
    part: (refunded: number, cost: number) =>
      `${number(refunded)} of your ${credits(cost)} ${refunded === 1 ? 'is' : 'are'} back.`,
    unconfirmed: 'Credits for this will be checked.',
  },

  failure: {
    title: 'This one didn’t develop',
    sandbox: 'The sandbox',
    sandboxInSentence: 'the sandbox',
    blocked: (provider: string) => `This prompt was not accepted by the safety rules of ${provider}.`,
    invalidInput: (provider: string) => `${provider} did not accept these settings.`,
    referenceUnusable: (provider: string) => `${provider} could not use one of the reference images.`,
    busy: (provider: string) => `${provider} was too busy.`,
    outOfService: (provider: string) => `${provider} can’t be used at the moment. This is ours to fix.`,
    modelGone: (model: string) => `${model} is not offered any more. Choose another model.`,
    unreachable: (provider: string) => `${provider} could not be reached.`,
    providerFailed: (provider: string) => `${provider} could not make this one.`,
    lost: (provider: string) => `${provider} lost track of this one.`,
    expired: 'The images were gone before they could be fetched.',
    noImage: (provider: string) => `${provider} finished without an image.`,
    timeout: (provider: string, limitMs: number) =>
      `${provider} took longer than ${minutes(limitMs)}, so we stopped it.`,
  },

  refusal: {
    tooManyActive: (active: number) =>
      active > 0
        ? `${counted(active, 'request is', 'requests are')} already running. Send this one when a place is free.`
        : 'Too many requests are already running. Send this one when a place is free.',
    rateLimited: (waitSeconds: number | undefined) =>
      waitSeconds === undefined
        ? 'That was fast. Wait a little, then send again.'
        : waitSeconds > 0
          ? `That was fast. You can send again in ${number(waitSeconds)} s.`
          : 'You can send again now.',
    internal: 'Something broke on our side. Your prompt is safe.',
    unreachable: 'The server could not be reached. Your prompt is safe.',
    gone: 'This is not there any more.',
    forbidden: 'This account can’t do that.',
    changed: 'This was already sent in another form. Press Generate to send it anew.',
    notEnough: 'You don’t have enough credits for this.',
    invalid: (field: string) => `The server did not accept this: ${field}. Change it, then send again.`,
    invalidRequest: 'The server did not accept this request. Change it, then send again.',
    referenceUnusable: 'One of the reference images can’t be used. Replace it, then send again.',
    tooComplex: 'This was too much for one request.',
  },

  toasts: { label: 'Notices' },
};
