/**
 * The texts of what the first paint does not show: the task cards, the large view, the other pages. They come with the
 * first part that needs them; nothing of the first paint may import this. Written as those in `messages.ts` are.
 */

import { createFormats } from './formats.ts';
import { createMessages } from './language.ts';

/** What a sentence about a failed task can mention. */
interface FailureFacts {
  /** Begins a sentence. */
  provider: string;
  providerInSentence: string;
  model: string;
  /** How long the task was allowed to take. */
  limitMs: number;
}

const format = createFormats('en');
const { number, counted, percent, megabytes, seconds } = format;
const credits = (count: number) => counted(count, 'credit', 'credits');
/** Those of which there are some. */
const requestsAndFrames = (requests: number, frames: number) =>
  [requests && counted(requests, 'request', 'requests'), frames && counted(frames, 'frame', 'frames')]
    .filter(Boolean)
    .join(' and ');

const english = {
  app: {
    dismiss: 'Dismiss',
    refused: (cause: string) => `The server refused this page: ${cause}`,
    notLoaded: 'The page did not load its data.',
    close: 'Close',
    cancel: 'Cancel',
  },

  form: {
    replaced: 'Your draft was replaced.',
    openForm: (model: string, references: number) =>
      references === 0 ? model : `${model}, ${counted(references, 'ref', 'refs')}`,
    chooseModel: 'Choose model',
    shortCost: (cost: number) => `${number(cost)} cr`,
  },

  prompt: {
    noEarlier: 'Prompts that you have sent are listed here.',
    search: 'Search all your prompts',
    noneFound: 'No prompt has these words.',
    stylesHint: 'Each style appends its words to the prompt.',
    styleWords: [
      'watercolour',
      'oil painting',
      'ink drawing',
      'pencil sketch',
      '35 mm photo',
      'black and white photo',
      'macro shot',
      'isometric',
      'pixel art',
      'linocut',
      'clay figures',
      'soft evening light',
    ],
    noRoom: (words: string, limit: number) =>
      `'${words}' does not fit. The limit is ${counted(limit, 'character', 'characters')}.`,
    saved: 'Saved prompts',
    save: 'Save this prompt',
    removeSaved: (prompt: string) => `Do not keep: ${prompt}`,
    savedFull: 'No more can be saved. Remove one first.',
    notSaved: 'This browser did not store the prompt. Its storage may be full or blocked.',
    savedHere: 'They stay in this browser.',
  },

  crop: {
    open: (name: string) => `Crop ${name}`,
    title: (name: string) => `Crop ${name}`,
    area: 'Part that is used. Arrow keys move it; with Shift they resize it.',
    shape: 'Shape',
    free: 'Free',
    use: 'Use this part',
    failed: (name: string) => `${name} could not be loaded or cut. Nothing was changed.`,
    cropped: (name: string) => `Only a part of ${name} is used.`,
    whole: 'Use the whole picture',
    wholeOf: (name: string) => `Use the whole picture: ${name}`,
  },

  several: {
    legend: 'Also on',
    /** By the press: the cost of each model, and their sum. */
    sum: (parts: number[], total: number) =>
      `${number(parts.length)} models: ${parts.map(number).join(' + ')} = ${credits(total)}`,
    oneModel: 'One model only',
    none: 'No other model can do this right now.',
    tooManyReferences: (limit: number) => `takes up to ${counted(limit, 'image', 'images')}`,
    ignores: (options: string[]) => `without ${format.list(options)}`,
    fewer: (count: number) => `makes ${counted(count, 'image', 'images')}`,
    partly: (sent: string[], refused: string[]) =>
      `Accepted: ${format.list(sent)}. Not accepted, and not charged: ${format.list(refused)}.`,
    unknown: (models: string[]) =>
      `No answer from the server: ${format.list(models)}. Sending the rest charges nothing twice.`,
    sendRest: 'Send the rest',
  },

  references: {
    label: 'Reference images',
    numbered: (position: number) => `Reference ${position}`,
    missing: (names: string[]) =>
      `${format.list(names)} ${names.length === 1 ? 'is' : 'are'} not here any more. Add ${names.length === 1 ? 'it' : 'them'} again.`,
    ready: (ready: number, limit: number) =>
      `${number(ready)} of ${number(limit)}${ready === limit ? '' : ' ready'}`,
    add: 'Add image',
    count: (count: number) => counted(count, 'image', 'images'),
    addHint: 'Add images, or drop or paste them anywhere',
    drop: 'Drop to add',
    name: (position: number, name: string) => `Reference ${position}: ${name}`,
    remove: (name: string) => `Remove ${name}`,
    shrink: 'Shrink and use',
    shrinkNamed: (name: string) => `Shrink and use ${name}`,
    moveLeft: (name: string) => `Move ${name} to the left`,
    moveRight: (name: string) => `Move ${name} to the right`,
    moved: (name: string, place: number, count: number) =>
      `${name} is now ${number(place)} of ${number(count)}.`,
    slow: (name: string) => `${name} is still uploading.`,
    cancelUpload: (name: string) => `Cancel upload of ${name}`,
    retry: (name: string) => `Try again to upload ${name}`,
    uploading: (name: string) => `Uploading ${name}`,
    stillUploading: (name: string, uploaded: number) => `Still uploading ${name} (${percent(uploaded)}).`,
    queued: 'Waiting',
    checking: 'Checking',
    waitsForSignIn: 'Uploads when you sign in',
    shrinking: 'Shrinking',
    shrunk: (name: string, before: number, after: number) =>
      `${name} was made smaller: ${megabytes(before)} became ${megabytes(after)}.`,
    undoShrink: (name: string) => `Undo making ${name} smaller`,
    faults: {
      tooBig: 'Too big',
      tooManyPixels: 'Too many pixels',
      wrongType: 'Wrong type',
      unreadable: 'Broken',
    },
    failedShort: 'Did not upload',
  },

  models: {
    optionHints: {
      seed: 'A number that makes a result repeatable. Leave it empty for a new one each time.',
    },
  },

  cost: {
    useCheaper: (cost: number) => `Use a ${number(cost)}-credit model`,
    makeFewer: (count: number, cost: number) =>
      `Make ${counted(count, 'image', 'images')} for ${credits(cost)}`,
    nothingCheaper: 'No model here costs so little.',
    getMore: 'Get credits',
    askAt: (address: string) => `Ask ${address} for credits.`,
    askOperator: 'Ask the operator of this installation for more credits.',
  },

  auth: {
    signUpTitle: 'Create an account',
    signInToDevelop: 'Sign in to develop this',
    signUpToDevelop: 'Create an account to develop this',
    nothingLost: 'Your prompt and reference images stay right here.',
    name: 'Name',
    email: 'Email',
    password: 'Password',
    passwordHint: 'At least 8 characters.',
    submitSignUp: 'Create account',
    toSignUp: 'Create an account instead',
    toSignIn: 'I already have an account',
    keepEditing: 'Keep editing',
    sending: 'One moment',
    withProvider: (name: string) => `Sign in with ${name}`,
    needsInvite: 'New accounts need an invitation. Open its link first.',
    forgotPassword: 'Forgot your password?',
    forgotPasswordHint: 'Enter your email. You get a link with which you choose a new password.',
    sendLink: 'Send the link',
    checkMail: 'Check your mail',
    resetMailSent: (email: string) =>
      `If ${email} has an account, a link to a new password is on its way. It works for an hour.`,
    verifyMailSent: (email: string) =>
      `Open the link in the mail to ${email} to confirm that it is your address. You can sign in then.`,
    sendAgain: 'Send the mail again',
    sentAgain: 'Another mail is on its way.',
    backToSignIn: 'Back to the sign-in',
    newPassword: 'New password',
    savePassword: 'Save the password',
    passwordSaved: 'Your new password is saved, and all sessions have ended. Sign in with it.',
    endOtherAccess: 'Also end API keys, webhooks, shared links and sign-ins with other services',
    endOtherAccessHint: 'Choose this if another person may have used your account.',
    confirmWithPassword: (email: string) =>
      `Enter the password of the account with ${email}. So only the person who created it can confirm its address.`,
    confirmAddress: 'Confirm the address',
    notMyAccount:
      'You did not create this account, or no longer know its password? Choose a new one: all else that gives access to it ends then.',
    choosePassword: 'Choose a new password',
    emailVerified: 'Your address is confirmed.',
    toStart: 'Create images',
    toAccount: 'Go to your account',
    cookiesRefused: (host: string) =>
      `Your browser refused the cookie that keeps you signed in. Allow cookies for ${host}, or open the page by its https address, then sign in again.`,
    problems: {
      missing: 'Fill this in first.',
      shortPassword: 'The password needs at least 8 characters.',
      longPassword: 'The password is too long.',
      badName: 'A name has 1 to 100 characters, and no control characters.',
      badEmail: 'This does not look like an email address.',
      wrongPassword: 'The email or the password is not right.',
      emailTaken: 'There is already an account with this email. Sign in instead.',
      unverified: 'Confirm your email address first. The link is in the mail that you got.',
      badLink: 'This link has expired or was used already. Ask for another one.',
      signedOut: 'You are signed out. Sign in again.',
      passwordRequired: 'Sign in with the password of the account to confirm its address.',
      disabled: 'This account is disabled. Ask the operator of this installation.',
      providerDown: 'The service does not respond. Try again later, or sign in with your password.',
      providerRefused: 'The service did not sign you in. Nothing has changed.',
      signUpsClosed: 'New accounts cannot be created here.',
      badInvite: 'This invitation is unknown, was used or has expired. Ask for another one.',
      tooManySignUps: 'Too many accounts were created from your network today. Try again tomorrow.',
      notLinked:
        'There is already an account with this email. Sign in with its password and confirm the address, or choose a new password; then this works too.',
      staleSession: 'For this, sign out and in again first.',
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
    loadMore: 'Load more',
    loadingMore: 'Loading',
    fresh: (count: number) => `${number(count)} new`,
    downloadAll: 'Download all',
    earlier: (day: string) => `Images of ${day}`,
  },

  task: {
    request: (code: string) => `Request ${code}`,
    markFailed: (count: number) =>
      count === 1 ? 'The mark was not stored.' : `${count} marks were not stored.`,
    deleted: (code: string) => `Request ${code} deleted.`,
    cancelFailed: 'Cancelling did not work. It is still running.',
    cancelledTooLate: 'Cancelled too late; the frames are below.',
    arrived: (code: string) => `Request ${code} finished after all.`,
    show: 'Show',
    meta: (model: string, cost: number | undefined, durationMs: number | undefined, sandbox: boolean) =>
      [
        model,
        cost === undefined ? '' : `${number(cost)} cr`,
        durationMs === undefined ? '' : seconds(durationMs),
        sandbox ? 'sandbox' : '',
      ]
        .filter(Boolean)
        .join(' · '),
    images: (code: string) => `Images of request ${code}`,
    imagesInProgress: (code: string) => `Images in progress of request ${code}`,
    image: (code: string, prompt: string) => `Frame ${code}: ${prompt}`,
    imageInProgress: (code: string) => `Frame ${code}, developing`,
    imageMissing: 'Not made',
    imageRemoved: 'Removed',
    openImage: (code: string) => `Open frame ${code}`,
    downloadImage: (code: string) => `Download frame ${code}`,
    useImage: (code: string) => `Use frame ${code} as reference`,
    markImage: (code: string) => `Mark frame ${code}`,
    selectImage: (code: string) => `Select frame ${code}`,
    imageBroken: (code: string) => `Frame ${code} is ready but did not load.`,
    loadAgain: 'Load again',
    linkExpired: 'This link has expired.',
    newLink: 'Get a new link',
    download: (count: number) => (count === 1 ? 'Download' : `Download ${number(count)}`),
    more: 'More',
    moreOf: (code: string) => `More about request ${code}`,
    copyDetails: 'Copy details',
    copied: (code: string) => `Details of request ${code} copied.`,
    copyFailed: (details: string) => `The details could not be copied: ${details}`,
    details: (id: string, model: string, askedAt: string) => `Request ${id}, ${model}, ${askedAt}`,
    delete: 'Delete',
    editPrompt: 'Edit prompt',
    otherModel: 'Use another model',
    sending: 'Sending',
    cancelled: 'Cancelled.',
    partial: (made: number, asked: number) =>
      `${number(made)} of ${counted(asked, 'image', 'images')} came back.`,
    removed: (count: number) => `${counted(count, 'image was', 'images were')} deleted.`,
    expired: (count: number, at: Date) =>
      `${counted(count, 'image was', 'images were')} removed: this site keeps images for a limited time. Last on ${format.day(at)}.`,
    lost: 'We don’t know yet how this one ended',
    lostText: 'There was no answer in time. Credits for this will be checked.',
    checkAgain: 'Check again',
    checking: 'Checking',
    stillNoAnswer: 'Still no answer. The request is kept: check again when you are connected.',
    stillUnfinished: 'This one is still being worked on. It appears here when it ends.',
  },

  image: {
    mark: 'Mark',
    use: 'Use as reference',
    download: 'Download',
    remix: 'Remix',
    share: 'Share',
  },

  sharing: {
    title: (images: number) => (images === 1 ? 'Share this image' : `Share ${number(images)} images`),
    explanation: 'Everybody with the address can see this until you stop sharing. It needs no account.',
    showPrompt: 'Show the prompt',
    otherLink: (withPrompt: boolean): string =>
      withPrompt
        ? 'There is also a link that shows the prompt. It stays until you stop sharing it.'
        : 'There is also a link without the prompt. It stays until you stop sharing it.',
    create: 'Create link',
    created: 'The link is ready.',
    address: 'Address',
    copy: 'Copy',
    copyNamed: (prompt: string) => `Copy the address of: ${prompt}`,
    copied: 'Address copied.',
    notCopied: 'The address could not be copied. Select it and copy it by hand.',
    send: 'Share…',
    open: 'Open',
    stop: 'Stop sharing',
    stopNamed: (prompt: string) => `Stop sharing: ${prompt}`,
    stopTitle: 'Stop sharing this?',
    stopHint: 'The address shows nothing any more. A new link gets another address.',
    stopped: 'No longer shared.',
    listTitle: 'Shared links',
    loading: 'Loading your links',
    listFailed: 'Your links did not load.',
    empty: 'You share nothing. “Share” beside an image makes a link to it.',
    shows: 'Shows',
    what: (images: number, withPrompt: boolean) =>
      `${counted(images, 'image', 'images')}, ${withPrompt ? 'with' : 'without'} the prompt`,
    createdAt: 'Created',
    problems: {
      tooMany: 'You have as many links as there can be. Stop sharing something first, on the account page.',
      gone: 'This is not there any more.',
      unreachable: 'The server could not be reached. Check your connection, then try again.',
      failed: 'That did not work. Try again.',
    },
  },

  apiCall: {
    open: 'Copy as API call',
    title: 'The same request by API',
    hint: (variable: string) =>
      `It costs the same again. Put an API key with the right to write into the variable ${variable}.`,
    keys: 'Your API keys',
    formats: 'Format',
    document: 'Operation',
    variables: 'Variables',
    copy: 'Copy',
    copyNamed: (what: string) => `Copy: ${what}`,
    copied: 'Copied.',
    notCopied: 'It could not be copied. Select it and copy it by hand.',
    loading: 'Loading the request',
    failed: 'The request did not load.',
  },

  repeat: {
    again: (cost: number | undefined) => (cost === undefined ? 'Again' : `Again · ${credits(cost)}`),
    referencesDeleted: 'It cannot be repeated: a reference was deleted.',
    sameSeed: 'Same seed',
    vary: 'Vary',
    otherModel: 'With another model',
    with: (model: string, cost: number) => `${model} · ${credits(cost)}`,
  },

  lineage: {
    label: 'Where it came from',
    from: (code: string | undefined) => (code === undefined ? 'from an earlier one' : `from ${code}`),
    removeParent: (code: string | undefined) => `No longer from ${code ?? 'an earlier one'}`,
  },

  announce: {
    half: (code: string) => `Request ${code} is half done.`,
    done: (code: string, count: number) => `Request ${code} is done: ${counted(count, 'image', 'images')}.`,
    failed: (code: string, text: string) => `Request ${code} failed. ${text}`,
    cancelled: (code: string) => `Request ${code} was cancelled.`,
  },

  tab: {
    developing: (developed: number, prompt: string) => `(${percent(developed)}) ${prompt}`,
    done: (prompt: string) => `Done: ${prompt}`,
    ended: (prompt: string) => `Did not develop: ${prompt}`,
  },

  downloads: {
    as: 'As another file type',
    notConverted: (type: string) => `This browser could not make a ${type} file of it.`,
    failed: (code: string) => `Frame ${code} did not download.`,
    collecting: (count: number) => `Getting ${counted(count, 'frame', 'frames')}`,
    partial: (got: number, asked: number) =>
      `${number(got)} of ${counted(asked, 'frame', 'frames')} downloaded.`,
    getMissing: (count: number) =>
      count === 1 ? 'Get the missing one' : `Get the ${number(count)} missing ones`,
  },

  select: {
    start: 'Select',
    end: 'Done',
    bar: 'Selected frames',
    hint: 'Choose frames. Shift takes a whole row of them.',
    selected: (count: number) => `${number(count)} selected`,
    download: (count: number) => (count === 1 ? 'Download 1' : `Download ${number(count)} (.zip)`),
    unmark: 'Remove marks',
  },

  removal: {
    frame: 'Delete frame',
    request: 'Delete request',
    frames: (frames: number) => `Delete ${counted(frames, 'frame', 'frames')}`,
    /** Frames go with the request that made them. */
    requests: (requests: number, frames: number) =>
      `Delete ${counted(requests, 'request', 'requests')}${frames > requests ? ` with ${counted(frames, 'frame', 'frames')}` : ''}`,
    deletedFrame: (code: string) => `Frame ${code} deleted.`,
    deleted: (requests: number, frames: number) => `${requestsAndFrames(requests, frames)} deleted.`,
    failed: (requests: number, frames: number) =>
      `${requestsAndFrames(requests, frames)} ${requests + frames === 1 ? 'was' : 'were'} not deleted.`,
    deleteFailed: (requests: number) => `Delete ${number(requests)} failed`,
    deleteCancelled: (requests: number) => `Delete ${number(requests)} cancelled`,
    notFound: 'The requests could not be listed. Nothing was deleted.',
    ended: (code: string, outcome: string) => `Request ${code}: ${outcome}`,
    retry: (cost: number | undefined) => (cost === undefined ? 'Try again' : `Try again · ${credits(cost)}`),
    noRetry: 'It cannot be tried again now.',
  },

  lightbox: {
    label: (code: string) => `Frame ${code}`,
    previous: 'Previous frame',
    next: 'Next frame',
    position: (place: number, count: number) => `${number(place)} of ${number(count)}`,
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    zoom: (percent: number) => `${number(percent)}%`,
    pixelsShown: '1:1, each pixel of the picture as one of the screen',
    loading: 'Loading the picture',
    picture: 'Picture',
    size: 'Size',
    pixels: (width: number, height: number) => `${width} x ${height} px`,
    cost: 'Cost',
    spent: (spent: number, refunded: number) =>
      refunded > 0 ? `${credits(spent)}, ${number(refunded)} given back` : credits(spent),
    provider: (name: string, sandbox: boolean) => (sandbox ? `${name}, sandbox` : name),
    made: 'Made',
    took: 'Took',
    copyPrompt: 'Copy prompt',
    promptCopied: 'Prompt copied.',
    promptNotCopied: 'The prompt could not be copied.',
  },

  compare: {
    open: 'Compare',
    title: (count: number) => `Compare ${counted(count, 'frame', 'frames')}`,
    howMany: 'Choose 2 to 4 frames to compare.',
    chooseAnother: (code: string) => `Frame ${code} is selected. Choose another one to compare it with.`,
    stage: 'Pictures. Arrow keys move all of them, plus and minus zoom.',
    wipe: 'Wipe',
    blind: 'Hide names',
    letter: (letter: string) => `Frame ${letter}`,
    namesHidden: 'Names are hidden, and the order is random.',
    /** In the order of the letters. */
    order: (codes: string[]) => `From A on: ${format.list(codes)}.`,
    mark: (name: string) => `Mark: ${name}`,
    broken: (name: string) => `${name} did not load.`,
    divider: (left: string, right: string) => `Divider between ${left} and ${right}`,
    dividerAt: (share: number, left: string) => `${number(share)}% of ${left}`,
    key: 'Compare with the selected frames',
    blindKey: 'Comparing: hide names',
    wipeKey: 'Comparing two: wipe',
  },

  keys: {
    title: 'All keys',
    anywhere: 'Anywhere',
    inFeed: 'On a frame',
    inLightbox: 'In the large view',
    earlierPrompts: 'Earlier or later prompt, in the prompt',
    paste: 'Add a copied picture as reference',
    prompt: 'Go to the prompt',
    scenes: 'Text to image, image to image',
    move: 'Move between frames',
    ends: 'First, last frame',
    open: 'Open',
    select: 'Select; with Shift, up to here',
    remix: 'Remix: the same request in the form',
    remove: 'Delete the request',
    zoom: 'Zoom',
    pixels: 'One pixel of the picture for each of the screen',
    close: 'Close, or leave selecting',
    all: 'This list',
  },

  progress: {
    waiting: 'Waiting to start',
    stillWaiting: (provider: string) => `Still waiting for ${provider} to begin`,
    percentSpoken: (done: number) => `${number(done)} percent`,
    estimated: 'estimated',
    left: (etaSeconds: number) => `about ${number(etaSeconds)} s left`,
    leftSpoken: (etaSeconds: number) => `about ${counted(etaSeconds, 'second', 'seconds')} left`,
    late: 'Taking longer than usual',
    away: 'No answer from the server',
    done: (durationMs: number | undefined) =>
      durationMs === undefined ? 'Done' : `Done in ${seconds(durationMs)}`,
    elapsed: (elapsedSeconds: number) => `${number(elapsedSeconds)} s so far`,
    label: (code: string) => `Progress of request ${code}`,
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
    reasons: {
      CONTENT_BLOCKED: ({ providerInSentence }) =>
        `This prompt was not accepted by the safety rules of ${providerInSentence}.`,
      INVALID_INPUT: ({ provider }) => `${provider} did not accept these settings.`,
      REFERENCE_UNUSABLE: ({ provider }) => `${provider} could not use one of the reference images.`,
      RATE_LIMITED: ({ provider }) => `${provider} was too busy.`,
      PROVIDER_AUTH: ({ provider }) => `${provider} can’t be used at the moment. This is ours to fix.`,
      INSUFFICIENT_PROVIDER_CREDIT: ({ provider }) =>
        `${provider} can’t be used at the moment. This is ours to fix.`,
      MODEL_NOT_FOUND: ({ model }) => `${model} is not offered any more. Choose another model.`,
      PROVIDER_UNAVAILABLE: ({ provider }) => `${provider} could not be reached.`,
      PROVIDER_ERROR: ({ provider }) => `${provider} could not make this one.`,
      PROVIDER_BAD_RESPONSE: ({ provider }) => `${provider} could not make this one.`,
      PROVIDER_LOST: ({ provider }) =>
        `The request to ${provider} was interrupted, and its result cannot be fetched.`,
      OUTPUT_EXPIRED: () => 'The images were gone before they could be fetched.',
      NO_IMAGE_RETURNED: ({ provider }) => `${provider} finished without an image.`,
      TIMEOUT: ({ provider, limitMs }) =>
        `${provider} took longer than ${format.minutes(limitMs, 'minute', 'minutes')}, so we stopped it.`,
      DECLINED: ({ provider }) => `${provider} declined this request. Change the prompt.`,
      INTERNAL: () => 'A fault on our side stopped this one.',
    } satisfies Readonly<Record<string, (facts: FailureFacts) => string>>,
  },

  page: {
    accountMenu: (name: string) => `Account of ${name}`,
    notices: 'Notices',
    broke: 'Something in this page broke. Nothing you wrote is lost. Reload, then try again.',
    newVersion: 'A newer version is ready.',
  },

  notifications: {
    done: 'Your images are ready',
    offer: 'This one takes a while. Get a notification when it is done?',
    accept: 'Notify me',
    label: 'Notify me when a request ends while this page is in the background',
    blocked: 'Your browser blocks notifications from this page. Allow them in its settings first.',
    unsupported: 'This browser can’t show notifications.',
    insecure: 'Browsers show notifications only for pages that were opened by https.',
    hint: 'Nothing is sent to anybody: the browser shows it on this device. There is no sound.',
  },

  firstVisit: {
    free: (count: number) => `${credits(count)} free when you sign up. No card needed.`,
    picture: 'Or start from a picture',
    picturePrompt: 'The same vase on a windowsill, autumn light from the side',
    pictureFailed: 'The example picture did not load. Try again.',
    models: 'Which model suits what',
    /** The first one begins the sentence, in capitals by the style. */
    suits: {
      quick: (durationMs: number) => `quick drafts, about ${seconds(durationMs)}`,
      pictures: (count: number) =>
        count === 1 ? 'changing a picture of yours' : `changing up to ${number(count)} pictures of yours`,
      series: (count: number) => `series of up to ${number(count)}`,
      sizes: (largest: string) => `sizes up to ${largest}`,
    },
    /** For one image: from text alone, and from pictures. */
    price: (lowest: number, highest: number) =>
      `${lowest === highest ? '' : `${number(lowest)} to `}${credits(highest)} an image`,
  },

  offline: {
    title: 'Your last images',
    keptAt: (at: Date) =>
      `Offline: there is no connection to the server. This is your feed of ${format.instant(at)}, to look at. You can make images again once it is back.`,
  },

  phone: {
    developing: (code: string, developed: number | undefined, others: number) =>
      [
        `Developing ${code}`,
        developed === undefined ? '' : percent(developed),
        others === 0 ? '' : `${number(others)} more`,
      ]
        .filter(Boolean)
        .join(' · '),
    sharePicture: 'Share picture…',
    pictureNotShared: 'The picture could not be handed to another app. Download it instead.',
  },

  history: {
    search: 'Search prompts',
    filters: 'Filters',
    scene: 'Started from',
    model: 'Model',
    status: 'Outcome',
    any: 'Any',
    statuses: { SUCCESS: 'Done', FAILED: 'Did not develop', CANCELED: 'Cancelled', PROCESSING: 'Developing' },
    until: 'Up to',
    marked: 'Marked only',
    clear: 'Clear filters',
    clearSearch: 'Clear search',
    empty: 'Nothing here yet. Everything you make is kept here by day.',
    toCreate: 'Make an image',
    visitor: 'Sign in to see what you have made.',
    noSearchHits: (search: string) => `No prompts mention '${search}'.`,
    noHits: 'Nothing fits these filters.',
    noFavorites: 'No marked frames here. Circle the ones you want to keep.',
    end: 'That is everything.',
    images: (count: number) => counted(count, 'frame', 'frames'),
    found: (count: number) => counted(count, 'request', 'requests'),
    downloadFound: 'Download all',
    imagesOfDay: (day: string) => `Frames of ${day}`,
    requestsOfDay: (day: string) => `Requests of ${day}`,
    view: 'View',
    asGrid: 'Grid',
    asList: 'List',
    one: 'This is the request behind the line in your ledger.',
    oneGone: 'This request is not there any more.',
    all: 'Show everything',
  },

  profile: {
    changeName: 'Change name',
    changeEmail: 'Change email',
    changePassword: 'Change password',
    save: 'Save',
    newEmail: 'New email',
    newEmailHint: 'You get a mail there. The address changes once you have opened its link.',
    currentPassword: 'Your password',
    newPasswordHint: 'At least 8 characters. All other sessions end.',
    wrongPassword: 'The password is not right.',
    nameSaved: 'Your name is saved.',
    emailSame: 'That is your address already.',
    emailSent: (email: string) => `Open the link in the mail to ${email} to change your address.`,
    passwordSaved: 'Your new password is saved, and all other sessions have ended.',
    unverified: 'Your address is not confirmed yet.',
    sendVerification: 'Send a mail to confirm it',
    verificationSent: (email: string) => `A mail to ${email} is on its way.`,
  },

  sessions: {
    title: 'Where you are signed in',
    unknownDevice: 'Unknown device',
    current: 'this one',
    lastSeen: (when: string) => `last used ${when}`,
    end: 'End',
    endNamed: (device: string) => `End the session of ${device}`,
    endOthers: 'End all others',
    ended: 'The session has ended.',
    othersEnded: 'All other sessions have ended.',
  },

  exportData: {
    title: 'Your data',
    hint: 'A zip file with your images, requests and ledger.',
    action: 'Download your data',
  },

  deleteAccount: {
    title: 'Delete account',
    hint: 'Deletes your images, requests, keys and webhooks for good.',
    warning:
      'Your images, requests, API keys and webhooks are deleted for good, running requests are cancelled, and your credits are lost.',
    confirm: 'Delete for good',
    done: 'Your account is deleted.',
  },

  account: {
    visitor: 'Sign in to see your account.',
    profile: 'Who you are',
    balance: 'Balance',
    ledger: 'Credits in and out',
    when: 'When',
    what: 'What',
    amount: 'Amount',
    balanceAfter: 'Balance after',
    kinds: {
      GRANT: 'Credits added',
      CHARGE: 'Images',
      REFUND: 'Credits back',
      ADJUSTMENT: 'Credits taken back',
    },
    amountOf: (amount: number) => `${amount > 0 ? '+' : '−'}${number(Math.abs(amount))}`,
    deletedTask: 'a request that was deleted',
    ledgerLoading: 'Loading your ledger',
    ledgerEmpty: 'No credits have moved yet.',
    ledgerFailed: 'The ledger did not load.',
    ledgerEnd: 'That is every line.',
    preferences: 'How this page looks and behaves',
    theme: 'Theme',
    themes: { system: 'Like my device', light: 'Light', dark: 'Dark' },
    language: 'Language',
    signOutHint: 'Your images stay here. What you have written stays in this tab.',
    copySecret: 'Copy',
    secretCopied: 'Copied.',
    secretNotCopied: 'The browser did not copy it. Select the text and copy it by hand.',
    secretDone: 'I have it, hide it',
  },

  apiKeys: {
    title: 'API keys',
    loading: 'Loading your API keys',
    failed: 'Your API keys did not load.',
    empty: 'With a key, a program of yours makes images from your credits, without your password.',
    tryTheApi: 'Look at the API in GraphiQL',
    create: 'Create a key',
    submit: 'Create',
    created: (name: string) => `The secret of ${name}`,
    shownOnce: 'Copy it now and keep it safe. It will not be shown again.',
    name: 'Name',
    nameHint: 'What uses it, such as a program or a machine.',
    prefix: 'Begins with',
    scopes: 'Allowed',
    scopeNames: { READ: 'read', WRITE: 'write', ADMIN: 'operate' },
    scopeLabels: {
      READ: 'Read: see your images, requests and credits',
      WRITE: 'Write: make images and spend credits, upload and delete',
    },
    createdAt: 'Created',
    lastUsedAt: 'Last used',
    neverUsed: 'never',
    expiresAt: 'Expires',
    expiredAt: 'Expired',
    expiries: {
      never: 'never',
      week: 'in 7 days',
      month: 'in 30 days',
      quarter: 'in 90 days',
      year: 'in a year',
    },
    creditLimit: 'Credit limit',
    creditLimitHint: 'What may be spent with it in all. Leave it empty for no limit.',
    creditsSpent: 'Credits spent',
    spent: (spent: number, limit: number | null) =>
      limit === null ? number(spent) : `${number(spent)} of ${number(limit)}`,
    revoke: 'Revoke',
    revokeNamed: (name: string) => `Revoke ${name}`,
    revokeTitle: (name: string) => `Revoke ${name}?`,
    revokeHint:
      'Programs that use this key are refused from now on. This cannot be undone. Requests that already run go on.',
    revoked: (name: string) => `${name} is revoked.`,
    problems: {
      name: 'A name has 1 to 100 characters.',
      scopes: 'Choose at least one.',
      expiresAt: 'This time has passed. Choose a later one.',
      creditLimit: 'A limit is a whole number of up to 9 digits.',
      tooMany: 'You have as many keys as there can be. Revoke one first.',
    },
  },

  webhooks: {
    title: 'Webhooks',
    loading: 'Loading your webhooks',
    failed: 'Your webhooks did not load.',
    empty: 'A webhook tells a server of yours that a request has changed, so that it need not ask.',
    create: 'Add a webhook',
    submit: 'Add',
    secretOf: (url: string) => `The signing secret of ${url}`,
    shownOnce: 'Your server checks the signature with it. Copy it now; it will not be shown again.',
    url: 'Address',
    events: 'Events',
    eventNames: { TASK_UPDATED: 'request changed', TASK_COMPLETED: 'request ended' },
    eventLabels: {
      TASK_UPDATED: 'Each change of a request',
      TASK_COMPLETED: 'The end of a request, with its images',
    },
    state: 'State',
    enabled: 'on',
    disabled: 'off',
    /** The server's own sentence. */
    disabledReason: (reason: string) => reason,
    stopped: (url: string, reason: string) => `Webhooks to ${url} were switched off. ${reason}`,
    createdAt: 'Added',
    dropped: 'Dropped',
    droppedCount: (count: number) =>
      `${counted(count, 'event', 'events')}, as too many waited to be delivered`,
    test: 'Send a test',
    testSent: 'A test is on its way. Its outcome is in the last deliveries.',
    enable: 'Switch on',
    disable: 'Switch off',
    nowEnabled: 'The webhook is on.',
    nowDisabled: 'The webhook is off. What waited is not sent any more.',
    confirmations: {
      rotate: {
        title: 'Make a new secret?',
        action: 'New secret',
        hint: 'For 24 hours webhooks are signed with the old one too. Give your server the new one in that time.',
      },
      remove: {
        title: 'Delete this webhook?',
        action: 'Delete',
        hint: 'Nothing is sent there any more, and its deliveries are not listed. This cannot be undone.',
      },
    },
    removed: (url: string) => `Webhooks to ${url} are deleted.`,
    deliveries: 'Last deliveries',
    noDeliveries: 'Nothing was sent yet.',
    refresh: 'Refresh',
    event: 'Event',
    outcome: 'Outcome',
    action: 'Action',
    statuses: { PENDING: 'Waiting', DELIVERED: 'Delivered', FAILED: 'Failed' },
    attempts: (count: number) => counted(count, 'attempt', 'attempts'),
    answer: (status: number | null) => (status === null ? 'no answer' : `answer ${status}`),
    nextAttempt: (at: string) => `next one ${at}`,
    redeliver: 'Send again',
    sentAgain: 'It is being sent again.',
    problems: {
      url: 'This takes a public https address on port 443, without a user name. The operator can allow others.',
      events: 'Choose at least one.',
      id: 'This webhook is off. Switch it on first.',
      tooMany: 'You have as many webhooks as there can be. Delete one first.',
    },
  },

  refusal: {
    dailyLimit: 'The daily limit for credits is reached. Try again after 00:00 UTC.',
    tooManyActive: (active: number, startsAutomatically: boolean) =>
      [
        `${active > 0 ? counted(active, 'request is', 'requests are') : 'Too many requests are'} already running.`,
        startsAutomatically ? 'This one starts when a place is free.' : 'Send this one when a place is free.',
      ].join(' '),
    internal: 'Something broke on our side. Your prompt is safe.',
    details: (reportId: string | undefined, at: string) => ['Error', reportId, at].filter(Boolean).join(' '),
    copied: 'Details copied.',
    gone: 'This is not there any more.',
    forbidden: 'This account can’t do that.',
    changed: 'This was already sent in another form. Press Generate to send it as a new request.',
    notEnough: 'You don’t have enough credits for this.',
    invalid: (field: string) => `The server did not accept this: ${field}. Change it, then send again.`,
    invalidRequest: 'The server did not accept this request. Change it, then send again.',
    referenceUnusable: 'One of the reference images can’t be used. Replace it, then send again.',
    storageFull: 'Your image storage is full. Delete images you no longer need.',
    tooComplex: 'This was too much for one request.',
  },
};

/** The shape of every translation, as `Messages` is. */
export type LazyMessages = typeof english;

/** The texts in the language of the page. */
export const lazyMessages = createMessages('later', english);
