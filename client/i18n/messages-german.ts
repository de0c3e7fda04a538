/** Every text of the client in German, also in place of what the server says in English of a refused upload. Its shape is that of the English tables, which say what each text is for. */
import { createFormats } from './formats.ts';
import type { LazyMessages } from './lazy-messages.ts';
import type { Messages } from './messages.ts';

const format = createFormats('de');
const { number, counted, percent, megabytes, seconds } = format;
const credits = (count: number) => counted(count, 'Credit', 'Credits');
const images = (count: number) => counted(count, 'Bild', 'Bilder');
const requests = (count: number) => counted(count, 'Auftrag', 'Aufträge');
const requestsAndImages = (ofRequests: number, ofImages: number) =>
  [ofRequests && requests(ofRequests), ofImages && images(ofImages)].filter(Boolean).join(' und ');
const wrongType = (name: string) =>
  `${name} ist kein Bild, das wir verwenden können. Versuch es mit PNG, JPEG oder WebP.`;
const unreadable = (name: string) => `${name} ließ sich nicht öffnen. Vielleicht ist die Datei beschädigt.`;

const first: Messages = {
  language: 'de',
  credits,
  format,

  app: {
    name: 'Proofsheet',
    home: 'Proofsheet, Startseite',
    skip: 'Zum Prompt springen',
    switchTheme: 'Farbschema wechseln',
    tryAgain: 'Erneut versuchen',
    undo: 'Rückgängig',
    partFailed: 'Ein Teil der Seite wurde nicht geladen.',
    reload: 'Neu laden',
  },

  form: {
    label: 'Neues Bild',
    scenes: 'Ausgangspunkt',
    textToImage: 'Text zu Bild',
    imageToImage: 'Bild zu Bild',
    generate: 'Generieren',
    waitingForPlace: 'Wartet auf einen freien Platz',
    tryAgainIn: (waitSeconds) => `in ${number(waitSeconds)} s`,
    dropFiles: 'Loslassen, um als Referenzbild zu verwenden',
    shortcut: 'Strg ↵',
    waitingForUploads: (count) => `Wartet auf ${counted(count, 'Upload', 'Uploads')}`,
    stopWaiting: 'Nicht mehr warten',
  },

  prompt: {
    label: 'Prompt',
    placeholder: 'Beschreibe, was du sehen möchtest',
    clear: 'Leeren',
    undoClear: 'Leeren rückgängig machen',
    earlier: 'Frühere Prompts',
    styles: 'Stile',
    fromHistory: (place, count) => `Früherer Prompt ${number(place)} von ${number(count)}`,
    ownAgain: 'Wieder dein eigener Text',
    count: (used, limit) => `${used}/${limit}`,
    used: (used, limit) => `${number(used)} von ${counted(limit, 'Zeichen', 'Zeichen')} verwendet`,
    left: (left) => `noch ${number(left)} Zeichen`,
    empty: 'Schreib zuerst, was du sehen möchtest.',
    cut: (lost, limit) =>
      lost === 1
        ? `Das letzte Zeichen hat nicht mehr gepasst. Die Grenze liegt bei ${number(limit)}.`
        : `Die letzten ${number(lost)} Zeichen haben nicht mehr gepasst. Die Grenze liegt bei ${number(limit)}.`,
  },

  references: {
    needed: 'Füge mindestens ein Bild hinzu, von dem aus es losgeht.',
    tooBig: (name, bytes, limit) =>
      `${name} hat ${megabytes(bytes)}. Ein Bild darf höchstens ${megabytes(limit)} haben.`,
    wrongType,
    unreadable,
    tooManyPixels: (name, limit) =>
      `${name} hat zu viele Pixel. Ein Bild darf bis zu ${number(limit / 1_000_000)} Megapixel haben.`,
    tooBigToSend: (name, limit) =>
      `${name} ist zu groß zum Hochladen. Ein Upload darf höchstens ${megabytes(limit, Math.floor)} haben.`,
    refused: {
      UPLOAD_TOO_LARGE: (name) => `${name} ist zu groß. Verkleinere das Bild oder nimm ein anderes.`,
      UNSUPPORTED_MEDIA_TYPE: wrongType,
      UNREADABLE_IMAGE: unreadable,
      STORAGE_FULL: (name) =>
        `${name} passt nicht mehr in deinen Bildspeicher. Lösche Bilder oder Aufträge, die du nicht mehr brauchst, und versuch es dann erneut.`,
    },
    failed: (name) => `${name} wurde nicht hochgeladen.`,
    tooMany: (limit, leftOut) =>
      `Es ${limit === 1 ? 'passt' : 'passen'} nur ${images(limit)}. ${
        leftOut === 1 ? 'Eines wurde' : `${number(leftOut)} wurden`
      } weggelassen.`,
    tooManyForModel: (model, limit) =>
      `${model} nimmt höchstens ${images(limit)}. Entferne einige, um fortzufahren.`,
    alreadyThere: (names) =>
      `${format.list(names)} ${names.length === 1 ? 'ist' : 'sind'} schon in der Liste.`,
    added: (name) => `${name} ist jetzt eine Referenz.`,
  },

  models: {
    provider: 'Anbieter',
    model: 'Modell',
    loading: 'Modelle werden geladen',
    failed: 'Die Liste der Modelle wurde nicht geladen.',
    optionDetail: (cost, durationMs) =>
      `${number(cost)} Cr.${durationMs === null ? '' : ` · ~${seconds(durationMs)}`}`,
    several: 'Auf mehreren Modellen',
    moreOptions: 'Weitere Optionen',
    noneForImages: 'Zurzeit kann kein Modell aus einem Bild ein neues machen.',
    noneForText: 'Zurzeit kann kein Modell aus Text ein Bild machen.',
    switchToText: 'Zu Text zu Bild wechseln',
    switchToImages: 'Zu Bild zu Bild wechseln',
    replacedForImages: (from, to) =>
      `${from} kann nicht von einem Bild ausgehen, deshalb ist ${to} ausgewählt.`,
    replacedForText: (from, to) =>
      `${from} kann nicht von Text allein ausgehen, deshalb ist ${to} ausgewählt.`,
    sandbox: (provider) => `Sandbox: Die Bilder zeichnet ein eingebauter Emulator und nicht ${provider}.`,
    options: 'Optionen',
    optionLabels: {
      count: 'Bilder',
      aspectRatio: 'Format',
      resolution: 'Größe',
      outputFormat: 'Dateityp',
      seed: 'Seed',
    },
    optionInvalid: (label, min, max) =>
      `${label}: Gib eine ganze Zahl von ${number(min)} bis ${number(max)} ein.`,
    byDefault: 'Automatisch',
    sameAsReference: 'Wie die erste Referenz',
    megapixels: (value) => `${Number.isFinite(Number(value)) ? number(Number(value)) : value} MP`,
    formats: { webp: 'WebP', jpg: 'JPEG', jpeg: 'JPEG', png: 'PNG' },
  },

  cost: {
    costs: 'Kostet',
    unknown: 'Hier stehen die Kosten',
    leftAfter: (left) => `danach noch ${number(left)}`,
    signIn: 'Melde dich an, um deine Credits zu sehen',
    notEnough: (cost, balance) => `Das kostet ${credits(cost)}, und du hast ${number(balance)}.`,
    balance: 'Credits',
    free: (count) => `${credits(count)} gratis zur Anmeldung`,
  },

  auth: {
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    signedOut: 'Du wurdest abgemeldet. Es ist nichts verloren.',
    signOutFailed: 'Das Abmelden hat nicht geklappt. Du bist noch angemeldet.',
  },

  feed: {
    loading: 'Deine Bilder werden geladen',
    failed: 'Frühere Bilder wurden nicht geladen.',
    emptyTitle: 'Beschreibe ein Bild. Sieh zu, wie es sich entwickelt.',
    emptyText: 'Schreib einen Prompt, lege ein eigenes Bild ab oder fang mit einem von diesen an.',
    examples: [
      'Basaltinseln zur blauen Stunde, lange belichtet',
      'Geriffelte Seladonvase im Studiolicht',
      'Violette Dämmerung über einer flachen Lagune',
    ],
    example: (cost, model) => `${number(cost)} Cr. · ${model}`,
  },

  announce: {
    sent: (code) => `Auftrag ${code} gesendet.`,
  },

  connection: {
    reconnecting: 'Live-Meldungen bleiben aus. Wir sehen alle 5 s nach.',
    offline: 'Du bist offline. Laufende Aufträge gehen weiter; neue kannst du senden, wenn du zurück bist.',
    back: 'Wieder online.',
  },

  refusal: {
    rateLimited: (waitSeconds) =>
      waitSeconds === undefined
        ? 'Das ging schnell. Warte ein wenig und sende dann erneut.'
        : waitSeconds > 0
          ? `Das ging schnell. In ${number(waitSeconds)} s kannst du wieder senden.`
          : 'Du kannst jetzt wieder senden.',
    unreachable: 'Der Server war nicht erreichbar. Dein Prompt ist noch da.',
  },

  pages: {
    label: 'Hauptmenü',
    title: (page, developed) =>
      developed === undefined ? `${page} — Proofsheet` : `(${percent(developed)}) ${page} — Proofsheet`,
    none: 'Diese Seite gibt es nicht.',
  },
};

const later: LazyMessages = {
  app: {
    dismiss: 'Ausblenden',
    refused: (cause) => `Der Server hat diese Seite abgewiesen: ${cause}`,
    notLoaded: 'Die Seite hat ihre Daten nicht geladen.',
    close: 'Schließen',
    cancel: 'Abbrechen',
  },

  form: {
    replaced: 'Dein Entwurf wurde ersetzt.',
    openForm: (model, references) =>
      references === 0 ? model : `${model}, ${counted(references, 'Ref.', 'Refs.')}`,
    chooseModel: 'Modell wählen',
    shortCost: (cost) => `${number(cost)} Cr.`,
  },

  prompt: {
    noEarlier: 'Hier stehen die Prompts, die du abgeschickt hast.',
    search: 'Alle deine Prompts durchsuchen',
    noneFound: 'Kein Prompt enthält diese Wörter.',
    stylesHint: 'Jeder Stil hängt seine Wörter an den Prompt an.',
    /** Any text does here: it is appended to the prompt as it is. */
    styleWords: [
      'Aquarell',
      'Ölgemälde',
      'Tuschezeichnung',
      'Bleistiftskizze',
      'Kleinbildfoto',
      'Schwarz-Weiß-Foto',
      'Makroaufnahme',
      'isometrisch',
      'Pixelgrafik',
      'Linolschnitt',
      'Tonfiguren',
      'weiches Abendlicht',
    ],
    noRoom: (words, limit) => `„${words}“ passt nicht mehr. Die Grenze sind ${number(limit)} Zeichen.`,
    saved: 'Gespeicherte Prompts',
    save: 'Diesen Prompt speichern',
    removeSaved: (prompt) => `Nicht mehr speichern: ${prompt}`,
    savedFull: 'Mehr lässt sich nicht speichern. Entferne zuerst einen Prompt.',
    notSaved:
      'Dieser Browser hat den Prompt nicht gespeichert. Vielleicht ist sein Speicher voll oder gesperrt.',
    savedHere: 'Sie bleiben in diesem Browser.',
  },

  crop: {
    open: (name) => `${name} zuschneiden`,
    title: (name) => `${name} zuschneiden`,
    area: 'Ausschnitt. Die Pfeiltasten bewegen ihn; mit der Umschalttaste ändern sie seine Größe.',
    shape: 'Form',
    free: 'Frei',
    use: 'Diesen Ausschnitt verwenden',
    failed: (name) => `${name} ließ sich nicht laden oder schneiden. Nichts wurde geändert.`,
    cropped: (name) => `Von ${name} wird nur ein Ausschnitt verwendet.`,
    whole: 'Das ganze Bild verwenden',
    wholeOf: (name) => `Das ganze Bild verwenden: ${name}`,
  },

  several: {
    legend: 'Auch auf',
    sum: (parts, total) =>
      `${number(parts.length)} Modelle: ${parts.map(number).join(' + ')} = ${credits(total)}`,
    oneModel: 'Nur ein Modell',
    none: 'Sonst kann das gerade kein Modell.',
    tooManyReferences: (limit) => `nimmt bis zu ${images(limit)}`,
    ignores: (options) => `ohne ${format.list(options)}`,
    fewer: (count) => (count === 1 ? 'macht 1 Bild' : `macht ${images(count)}`),
    partly: (sent, refused) =>
      `Angenommen: ${format.list(sent)}. Nicht angenommen und nicht berechnet: ${format.list(refused)}.`,
    unknown: (models) =>
      `Keine Antwort vom Server: ${format.list(models)}. „Den Rest senden“ berechnet nichts doppelt.`,
    sendRest: 'Den Rest senden',
  },

  references: {
    label: 'Referenzbilder',
    numbered: (position) => `Referenz ${number(position)}`,
    missing: (names) =>
      `${format.list(names)} ${names.length === 1 ? 'ist' : 'sind'} nicht mehr da. Füge ${names.length === 1 ? 'das Bild' : 'die Bilder'} noch einmal hinzu.`,
    ready: (ready, limit) => `${number(ready)} von ${number(limit)}${ready === limit ? '' : ' bereit'}`,
    add: 'Bild hinzufügen',
    count: images,
    addHint: 'Bilder hinzufügen, ablegen oder einfügen',
    drop: 'Zum Hinzufügen loslassen',
    name: (position, name) => `Referenz ${number(position)}: ${name}`,
    remove: (name) => `${name} entfernen`,
    shrink: 'Verkleinern und verwenden',
    shrinkNamed: (name) => `Verkleinern und verwenden: ${name}`,
    moveLeft: (name) => `${name} nach links verschieben`,
    moveRight: (name) => `${name} nach rechts verschieben`,
    moved: (name, place, count) => `${name} steht jetzt an Stelle ${number(place)} von ${number(count)}.`,
    slow: (name) => `${name} wird noch hochgeladen.`,
    cancelUpload: (name) => `Upload von ${name} abbrechen`,
    retry: (name) => `Erneut versuchen, ${name} hochzuladen`,
    uploading: (name) => `${name} wird hochgeladen`,
    stillUploading: (name, uploaded) => `${name} wird noch hochgeladen (${percent(uploaded)}).`,
    queued: 'Wartet',
    checking: 'Wird geprüft',
    waitsForSignIn: 'Upload nach der Anmeldung',
    shrinking: 'Wird verkleinert',
    shrunk: (name, before, after) =>
      `${name} wurde verkleinert: aus ${megabytes(before)} wurden ${megabytes(after)}.`,
    undoShrink: (name) => `Verkleinern von ${name} rückgängig machen`,
    faults: {
      tooBig: 'Zu groß',
      tooManyPixels: 'Zu viele Pixel',
      wrongType: 'Falscher Typ',
      unreadable: 'Defekt',
    },
    failedShort: 'Nicht hochgeladen',
  },

  models: {
    optionHints: {
      seed: 'Eine Zahl, mit der sich ein Ergebnis wiederholen lässt. Bleibt das Feld leer, ist sie jedes Mal neu.',
    },
  },

  cost: {
    useCheaper: (cost) => `Ein Modell für ${credits(cost)} nehmen`,
    makeFewer: (count, cost) => `${images(count)} für ${credits(cost)} machen`,
    nothingCheaper: 'So wenig kostet hier kein Modell.',
    getMore: 'Credits holen',
    askAt: (address) => `Bitte ${address} um Credits.`,
    askOperator: 'Bitte den Betreiber dieser Installation um weitere Credits.',
  },

  auth: {
    signUpTitle: 'Konto anlegen',
    signInToDevelop: 'Zum Entwickeln anmelden',
    signUpToDevelop: 'Zum Entwickeln ein Konto anlegen',
    nothingLost: 'Dein Prompt und deine Referenzbilder bleiben hier stehen.',
    name: 'Name',
    email: 'E-Mail',
    password: 'Passwort',
    passwordHint: 'Mindestens 8 Zeichen.',
    submitSignUp: 'Konto anlegen',
    toSignUp: 'Stattdessen ein Konto anlegen',
    toSignIn: 'Ich habe schon ein Konto',
    keepEditing: 'Weiter bearbeiten',
    sending: 'Einen Moment',
    withProvider: (name) => `Mit ${name} anmelden`,
    needsInvite: 'Neue Konten brauchen eine Einladung. Öffne zuerst ihren Link.',
    forgotPassword: 'Passwort vergessen?',
    forgotPasswordHint:
      'Gib deine E-Mail-Adresse ein. Du bekommst einen Link, mit dem du ein neues Passwort wählst.',
    sendLink: 'Link senden',
    checkMail: 'Sieh in deine Mails',
    resetMailSent: (email) =>
      `Wenn ${email} ein Konto hat, ist ein Link zu einem neuen Passwort unterwegs. Er gilt eine Stunde.`,
    verifyMailSent: (email) =>
      `Öffne den Link in der Mail an ${email}, um zu bestätigen, dass es deine Adresse ist. Dann kannst du dich anmelden.`,
    sendAgain: 'Mail noch einmal senden',
    sentAgain: 'Eine weitere Mail ist unterwegs.',
    backToSignIn: 'Zurück zur Anmeldung',
    newPassword: 'Neues Passwort',
    savePassword: 'Passwort speichern',
    passwordSaved:
      'Dein neues Passwort ist gespeichert, und alle Sitzungen sind beendet. Melde dich damit an.',
    endOtherAccess:
      'Auch API-Schlüssel, Webhooks, geteilte Links und Anmeldungen über andere Dienste beenden',
    endOtherAccessHint: 'Wähle das, wenn jemand anderes dein Konto benutzt haben könnte.',
    confirmWithPassword: (email) =>
      `Gib das Passwort des Kontos mit ${email} ein. So kann nur bestätigen, wer das Konto angelegt hat.`,
    confirmAddress: 'Adresse bestätigen',
    notMyAccount:
      'Du hast dieses Konto nicht angelegt oder weißt sein Passwort nicht mehr? Wähle ein neues: Dann endet jeder andere Zugang.',
    choosePassword: 'Neues Passwort wählen',
    emailVerified: 'Deine Adresse ist bestätigt.',
    toStart: 'Bilder erstellen',
    toAccount: 'Zu deinem Konto',
    cookiesRefused: (host) =>
      `Dein Browser hat das Cookie abgelehnt, das dich angemeldet hält. Erlaube Cookies für ${host} oder öffne die Seite über ihre https-Adresse, dann melde dich erneut an.`,
    problems: {
      missing: 'Fülle das zuerst aus.',
      shortPassword: 'Das Passwort braucht mindestens 8 Zeichen.',
      longPassword: 'Das Passwort ist zu lang.',
      badName: 'Ein Name hat 1 bis 100 Zeichen und keine Steuerzeichen.',
      badEmail: 'Das sieht nicht nach einer E-Mail-Adresse aus.',
      wrongPassword: 'Die E-Mail-Adresse oder das Passwort stimmt nicht.',
      emailTaken: 'Mit dieser E-Mail-Adresse gibt es schon ein Konto. Melde dich stattdessen an.',
      unverified: 'Bestätige zuerst deine E-Mail-Adresse. Der Link ist in der Mail, die du bekommen hast.',
      badLink: 'Dieser Link ist abgelaufen oder wurde schon benutzt. Fordere einen neuen an.',
      signedOut: 'Du bist abgemeldet. Melde dich wieder an.',
      passwordRequired: 'Melde dich mit dem Passwort des Kontos an, um seine Adresse zu bestätigen.',
      disabled: 'Dieses Konto ist gesperrt. Wende dich an den Betreiber dieser Installation.',
      providerDown:
        'Der Dienst antwortet nicht. Versuch es später erneut oder melde dich mit deinem Passwort an.',
      providerRefused: 'Der Dienst hat dich nicht angemeldet. Es hat sich nichts geändert.',
      signUpsClosed: 'Hier können keine neuen Konten angelegt werden.',
      badInvite: 'Diese Einladung ist unbekannt, benutzt oder abgelaufen. Bitte um eine neue.',
      tooManySignUps: 'Aus deinem Netz wurden heute zu viele Konten angelegt. Versuch es morgen erneut.',
      notLinked:
        'Mit dieser E-Mail-Adresse gibt es schon ein Konto. Melde dich mit seinem Passwort an und bestätige die Adresse, oder wähle ein neues Passwort; dann geht auch das.',
      staleSession: 'Melde dich dafür zuerst ab und wieder an.',
      tooFast: 'Das ging schnell. Warte ein wenig und versuch es dann erneut.',
      unreachable: 'Der Server war nicht erreichbar. Prüfe deine Verbindung und versuch es dann erneut.',
      unknown: 'Bei uns ist etwas kaputtgegangen. Es ist nichts verloren.',
    },
  },

  feed: {
    today: 'Heute',
    yesterday: 'Gestern',
    developing: (count) => `${number(count)} in Entwicklung`,
    live: 'live',
    loadMore: 'Mehr laden',
    loadingMore: 'Wird geladen',
    fresh: (count) => `${number(count)} neu`,
    downloadAll: 'Alle herunterladen',
    earlier: (day) => `Bilder: ${day}`,
  },

  task: {
    request: (code) => `Auftrag ${code}`,
    markFailed: (count) =>
      count === 1
        ? 'Die Markierung wurde nicht gespeichert.'
        : `${count} Markierungen wurden nicht gespeichert.`,
    deleted: (code) => `Auftrag ${code} gelöscht.`,
    cancelFailed: 'Das Abbrechen hat nicht geklappt. Der Auftrag läuft noch.',
    cancelledTooLate: 'Zu spät abgebrochen; die Bilder stehen unten.',
    arrived: (code) => `Auftrag ${code} ist doch noch fertig geworden.`,
    show: 'Zeigen',
    meta: (model, cost, durationMs, sandbox) =>
      [
        model,
        cost === undefined ? '' : `${number(cost)} Cr.`,
        durationMs === undefined ? '' : seconds(durationMs),
        sandbox ? 'Sandbox' : '',
      ]
        .filter(Boolean)
        .join(' · '),
    images: (code) => `Bilder von Auftrag ${code}`,
    imagesInProgress: (code) => `Entstehende Bilder von Auftrag ${code}`,
    image: (code, prompt) => `Bild ${code}: ${prompt}`,
    imageInProgress: (code) => `Bild ${code}, in Entwicklung`,
    imageMissing: 'Nicht entstanden',
    imageRemoved: 'Entfernt',
    openImage: (code) => `Bild ${code} öffnen`,
    downloadImage: (code) => `Bild ${code} herunterladen`,
    useImage: (code) => `Bild ${code} als Referenz verwenden`,
    markImage: (code) => `Bild ${code} markieren`,
    selectImage: (code) => `Bild ${code} auswählen`,
    imageBroken: (code) => `Bild ${code} ist fertig, wurde aber nicht geladen.`,
    loadAgain: 'Neu laden',
    linkExpired: 'Dieser Link ist abgelaufen.',
    newLink: 'Neuen Link holen',
    download: (count) => (count === 1 ? 'Herunterladen' : `${number(count)} herunterladen`),
    more: 'Mehr',
    moreOf: (code) => `Mehr zu Auftrag ${code}`,
    copyDetails: 'Details kopieren',
    copied: (code) => `Details zu Auftrag ${code} kopiert.`,
    copyFailed: (details) => `Die Details ließen sich nicht kopieren: ${details}`,
    details: (id, model, askedAt) => `Auftrag ${id}, ${model}, ${askedAt}`,
    delete: 'Löschen',
    editPrompt: 'Prompt bearbeiten',
    otherModel: 'Anderes Modell nehmen',
    sending: 'Wird gesendet',
    cancelled: 'Abgebrochen.',
    partial: (made, asked) =>
      `${number(made)} von ${counted(asked, 'Bild', 'Bildern')} ${made === 1 ? 'kam' : 'kamen'} zurück.`,
    removed: (count) => `${counted(count, 'Bild wurde', 'Bilder wurden')} gelöscht.`,
    expired: (count, at) =>
      `${counted(count, 'Bild wurde', 'Bilder wurden')} entfernt: Diese Seite hebt Bilder nur eine begrenzte Zeit auf. Zuletzt am ${format.day(at)}.`,
    lost: 'Wie dieser Auftrag ausging, wissen wir noch nicht',
    lostText: 'Es kam nicht rechtzeitig eine Antwort. Die Credits dafür werden geprüft.',
    checkAgain: 'Erneut nachsehen',
    checking: 'Wird nachgesehen',
    stillNoAnswer:
      'Noch keine Antwort. Der Auftrag bleibt erhalten: Bitte erneut nachsehen, wenn die Verbindung steht.',
    stillUnfinished: 'Daran wird noch gearbeitet. Das Ergebnis erscheint hier.',
  },

  image: {
    mark: 'Markieren',
    use: 'Als Referenz verwenden',
    download: 'Herunterladen',
    remix: 'Remix',
    share: 'Teilen',
  },

  sharing: {
    title: (images) => (images === 1 ? 'Dieses Bild teilen' : `${number(images)} Bilder teilen`),
    explanation:
      'Alle, die die Adresse haben, können das sehen, bis du das Teilen beendest. Ein Konto brauchen sie nicht.',
    showPrompt: 'Den Prompt zeigen',
    otherLink: (withPrompt) =>
      withPrompt
        ? 'Es gibt auch einen Link, der den Prompt zeigt. Er bleibt, bis du ihn beendest.'
        : 'Es gibt auch einen Link ohne den Prompt. Er bleibt, bis du ihn beendest.',
    create: 'Link erstellen',
    created: 'Der Link ist fertig.',
    address: 'Adresse',
    copy: 'Kopieren',
    copyNamed: (prompt) => `Adresse kopieren: ${prompt}`,
    copied: 'Adresse kopiert.',
    notCopied: 'Die Adresse ließ sich nicht kopieren. Markiere sie und kopiere sie von Hand.',
    send: 'Teilen …',
    open: 'Öffnen',
    stop: 'Nicht mehr teilen',
    stopNamed: (prompt) => `Nicht mehr teilen: ${prompt}`,
    stopTitle: 'Das nicht mehr teilen?',
    stopHint: 'Die Adresse zeigt dann nichts mehr. Ein neuer Link bekommt eine andere Adresse.',
    stopped: 'Nicht mehr geteilt.',
    listTitle: 'Geteilte Links',
    loading: 'Deine Links werden geladen',
    listFailed: 'Deine Links wurden nicht geladen.',
    empty: 'Du teilst nichts. „Teilen“ neben einem Bild macht einen Link dazu.',
    shows: 'Zeigt',
    what: (images, withPrompt) =>
      `${counted(images, 'Bild', 'Bilder')}, ${withPrompt ? 'mit' : 'ohne'} Prompt`,
    createdAt: 'Erstellt',
    problems: {
      tooMany: 'Mehr Links gehen nicht. Beende zuerst einen auf der Kontoseite.',
      gone: 'Das gibt es nicht mehr.',
      unreachable: 'Der Server war nicht erreichbar. Prüfe deine Verbindung und versuch es dann erneut.',
      failed: 'Das hat nicht geklappt. Versuch es erneut.',
    },
  },

  apiCall: {
    open: 'Als API-Aufruf kopieren',
    title: 'Derselbe Auftrag über die API',
    hint: (variable) =>
      `Er kostet noch einmal dasselbe. Die Variable ${variable} braucht einen API-Schlüssel mit Schreibrecht.`,
    keys: 'Deine API-Schlüssel',
    formats: 'Schreibweise',
    document: 'Operation der API',
    variables: 'Variablen',
    copy: 'Kopieren',
    copyNamed: (what) => `Kopieren: ${what}`,
    copied: 'Kopiert.',
    notCopied: 'Das ließ sich nicht kopieren. Markiere es und kopiere es von Hand.',
    loading: 'Der Auftrag wird geladen',
    failed: 'Der Auftrag wurde nicht geladen.',
  },

  repeat: {
    again: (cost) => (cost === undefined ? 'Noch einmal' : `Noch einmal · ${credits(cost)}`),
    referencesDeleted: 'Nicht wiederholbar: Eine Referenz wurde gelöscht.',
    sameSeed: 'Gleicher Seed',
    vary: 'Variieren',
    otherModel: 'Mit anderem Modell',
    with: (model, cost) => `${model} · ${credits(cost)}`,
  },

  lineage: {
    label: 'Woraus es entstand',
    from: (code) => (code === undefined ? 'aus einem früheren' : `aus ${code}`),
    removeParent: (code) => `Nicht mehr aus ${code ?? 'einem früheren'}`,
  },

  announce: {
    half: (code) => `Auftrag ${code} ist zur Hälfte fertig.`,
    done: (code, count) => `Auftrag ${code} ist fertig: ${images(count)}.`,
    failed: (code, text) => `Auftrag ${code} ist fehlgeschlagen. ${text}`,
    cancelled: (code) => `Auftrag ${code} wurde abgebrochen.`,
  },

  tab: {
    developing: (developed, prompt) => `(${percent(developed)}) ${prompt}`,
    done: (prompt) => `Fertig: ${prompt}`,
    ended: (prompt) => `Kein Bild: ${prompt}`,
  },

  downloads: {
    as: 'Als anderen Dateityp',
    notConverted: (type) => `Dieser Browser konnte daraus keine ${type}-Datei machen.`,
    failed: (code) => `Bild ${code} wurde nicht heruntergeladen.`,
    collecting: (count) => `${counted(count, 'Bild wird', 'Bilder werden')} geholt`,
    partial: (got, asked) => `${number(got)} von ${counted(asked, 'Bild', 'Bildern')} heruntergeladen.`,
    getMissing: (count) => (count === 1 ? 'Das fehlende holen' : `Die ${number(count)} fehlenden holen`),
  },

  select: {
    start: 'Auswählen',
    end: 'Fertig',
    bar: 'Ausgewählte Bilder',
    hint: 'Wähle Bilder aus. Mit der Umschalttaste nimmst du eine ganze Reihe.',
    selected: (count) => `${number(count)} ausgewählt`,
    download: (count) => (count === 1 ? '1 herunterladen' : `${number(count)} herunterladen (.zip)`),
    unmark: 'Markierungen entfernen',
  },

  removal: {
    frame: 'Bild löschen',
    request: 'Auftrag löschen',
    frames: (count) => `${images(count)} löschen`,
    requests: (count, frames) =>
      `${requests(count)} ${frames > count ? `mit ${counted(frames, 'Bild', 'Bildern')} ` : ''}löschen`,
    deletedFrame: (code) => `Bild ${code} gelöscht.`,
    deleted: (count, frames) => `${requestsAndImages(count, frames)} gelöscht.`,
    failed: (count, frames) =>
      `${requestsAndImages(count, frames)} ${count + frames === 1 ? 'wurde' : 'wurden'} nicht gelöscht.`,
    deleteFailed: (count) => `${number(count)} fehlgeschlagene löschen`,
    deleteCancelled: (count) => `${number(count)} abgebrochene löschen`,
    notFound: 'Die Aufträge ließen sich nicht auflisten. Es wurde nichts gelöscht.',
    ended: (code, outcome) => `Auftrag ${code}: ${outcome}`,
    retry: (cost) => (cost === undefined ? 'Erneut versuchen' : `Erneut versuchen · ${credits(cost)}`),
    noRetry: 'Das geht gerade nicht noch einmal.',
  },

  lightbox: {
    label: (code) => `Bild ${code}`,
    previous: 'Voriges Bild',
    next: 'Nächstes Bild',
    position: (place, count) => `${number(place)} von ${number(count)}`,
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    zoom: (zoom) => percent(zoom),
    pixelsShown: '1:1, jeder Bildpunkt als ein Punkt des Bildschirms',
    loading: 'Das Bild wird geladen',
    picture: 'Bild',
    size: 'Größe',
    pixels: (width, height) => `${width} × ${height}`,
    cost: 'Kosten',
    spent: (spent, refunded) =>
      refunded > 0 ? `${credits(spent)}, ${number(refunded)} zurückerstattet` : credits(spent),
    provider: (name, sandbox) => (sandbox ? `${name}, Sandbox` : name),
    made: 'Gemacht',
    took: 'Dauer',
    copyPrompt: 'Prompt kopieren',
    promptCopied: 'Prompt kopiert.',
    promptNotCopied: 'Der Prompt ließ sich nicht kopieren.',
  },

  compare: {
    open: 'Vergleichen',
    title: (count) => `${images(count)} vergleichen`,
    howMany: 'Wähle 2 bis 4 Bilder zum Vergleichen.',
    chooseAnother: (code) => `Bild ${code} ist ausgewählt. Wähle ein weiteres, um beide zu vergleichen.`,
    stage: 'Bilder. Die Pfeiltasten bewegen alle, Plus und Minus zoomen.',
    wipe: 'Überblenden',
    blind: 'Namen verbergen',
    letter: (letter) => `Bild ${letter}`,
    namesHidden: 'Die Namen sind verborgen, die Reihenfolge ist zufällig.',
    order: (codes) => `Ab A: ${format.list(codes)}.`,
    mark: (name) => `Markieren: ${name}`,
    broken: (name) => `${name} wurde nicht geladen.`,
    divider: (left, right) => `Trennlinie zwischen ${left} und ${right}`,
    dividerAt: (share, left) => `${percent(share)} von ${left}`,
    key: 'Mit den ausgewählten Bildern vergleichen',
    blindKey: 'Beim Vergleichen: Namen verbergen',
    wipeKey: 'Beim Vergleichen zweier: überblenden',
  },

  keys: {
    title: 'Alle Tasten',
    anywhere: 'Überall',
    inFeed: 'Auf einem Bild',
    inLightbox: 'In der Großansicht',
    earlierPrompts: 'Früherer oder späterer Prompt, im Prompt',
    paste: 'Kopiertes Bild als Referenz einfügen',
    prompt: 'Zum Prompt',
    scenes: 'Text zu Bild, Bild zu Bild',
    move: 'Von Bild zu Bild',
    ends: 'Erstes, letztes Bild',
    open: 'Öffnen',
    select: 'Auswählen; mit Umschalttaste bis hierher',
    remix: 'Remix: derselbe Auftrag im Formular',
    remove: 'Auftrag löschen',
    zoom: 'Vergrößern, verkleinern',
    pixels: 'Ein Bildpunkt für jeden Punkt des Bildschirms',
    close: 'Schließen oder die Auswahl beenden',
    all: 'Diese Liste',
  },

  progress: {
    waiting: 'Wartet auf den Start',
    stillWaiting: (provider) => `Wartet noch auf den Start bei ${provider}`,
    percentSpoken: (done) => `${number(done)} Prozent`,
    estimated: 'geschätzt',
    left: (etaSeconds) => `noch etwa ${number(etaSeconds)} s`,
    leftSpoken: (etaSeconds) => `noch etwa ${counted(etaSeconds, 'Sekunde', 'Sekunden')}`,
    late: 'Dauert länger als üblich',
    away: 'Keine Antwort vom Server',
    done: (durationMs) => (durationMs === undefined ? 'Fertig' : `Fertig in ${seconds(durationMs)}`),
    elapsed: (elapsedSeconds) => `bisher ${number(elapsedSeconds)} s`,
    label: (code) => `Fortschritt von Auftrag ${code}`,
  },

  refund: {
    full: (count) =>
      `${count === 1 ? 'Dein' : 'Deine'} ${credits(count)} ${count === 1 ? 'ist' : 'sind'} zurück.`,
    part: (refunded, cost) =>
      `${number(refunded)} von ${credits(cost)} ${refunded === 1 ? 'ist' : 'sind'} zurück.`,
    unconfirmed: 'Die Credits dafür werden geprüft.',
  },

  failure: {
    title: 'Daraus wurde kein Bild',
    sandbox: 'Die Sandbox',
    sandboxInSentence: 'der Sandbox',
    reasons: {
      CONTENT_BLOCKED: ({ providerInSentence }) =>
        `Die Sicherheitsregeln von ${providerInSentence} haben diesen Prompt nicht zugelassen.`,
      INVALID_INPUT: ({ provider }) => `${provider} hat diese Einstellungen nicht angenommen.`,
      REFERENCE_UNUSABLE: ({ provider }) => `${provider} konnte eines der Referenzbilder nicht verwenden.`,
      RATE_LIMITED: ({ provider }) => `${provider} war überlastet.`,
      PROVIDER_AUTH: ({ provider }) =>
        `${provider} steht gerade nicht zur Verfügung. Darum müssen wir uns kümmern.`,
      INSUFFICIENT_PROVIDER_CREDIT: ({ provider }) =>
        `${provider} steht gerade nicht zur Verfügung. Darum müssen wir uns kümmern.`,
      MODEL_NOT_FOUND: ({ model }) => `${model} wird nicht mehr angeboten. Wähle ein anderes Modell.`,
      PROVIDER_UNAVAILABLE: ({ provider }) => `${provider} war nicht erreichbar.`,
      PROVIDER_ERROR: ({ provider }) => `${provider} ist damit nicht zurechtgekommen.`,
      PROVIDER_BAD_RESPONSE: ({ provider }) => `${provider} ist damit nicht zurechtgekommen.`,
      PROVIDER_LOST: ({ provider }) =>
        `Der Auftrag an ${provider} wurde unterbrochen, und sein Ergebnis ist nicht mehr abrufbar.`,
      OUTPUT_EXPIRED: () => 'Die Bilder waren weg, bevor sie geholt werden konnten.',
      NO_IMAGE_RETURNED: ({ provider }) => `${provider} wurde ohne ein Bild fertig.`,
      TIMEOUT: ({ provider, limitMs }) =>
        `${provider} hat länger als ${format.minutes(limitMs, 'Minute', 'Minuten')} gebraucht, deshalb haben wir abgebrochen.`,
      DECLINED: ({ provider }) => `${provider} hat diesen Auftrag abgelehnt. Ändere den Prompt.`,
      INTERNAL: () => 'Ein Fehler auf unserer Seite hat diesen Auftrag gestoppt.',
    },
  },

  page: {
    accountMenu: (name) => `Konto von ${name}`,
    notices: 'Hinweise',
    broke:
      'Auf dieser Seite ist etwas schiefgegangen. Was du geschrieben hast, ist noch da. Lade neu und versuche es noch einmal.',
    newVersion: 'Eine neuere Version ist bereit.',
  },

  notifications: {
    done: 'Deine Bilder sind fertig',
    offer: 'Das dauert eine Weile. Möchtest du benachrichtigt werden, wenn es fertig ist?',
    accept: 'Benachrichtigen',
    label: 'Benachrichtigen, wenn ein Auftrag endet, während diese Seite im Hintergrund ist',
    blocked:
      'Dein Browser blockiert Benachrichtigungen von dieser Seite. Erlaube sie zuerst in seinen Einstellungen.',
    unsupported: 'Dieser Browser kann keine Benachrichtigungen zeigen.',
    insecure: 'Browser zeigen Benachrichtigungen nur für Seiten, die über https geöffnet sind.',
    hint: 'Es wird niemandem etwas gesendet: Der Browser zeigt sie auf diesem Gerät. Einen Ton gibt es nicht.',
  },

  firstVisit: {
    free: (count) => `${credits(count)} gratis zur Anmeldung. Ohne Karte.`,
    picture: 'Oder beginne mit einem Bild',
    picturePrompt: 'Dieselbe Vase auf einer Fensterbank, Herbstlicht von der Seite',
    pictureFailed: 'Das Beispielbild wurde nicht geladen. Versuch es noch einmal.',
    models: 'Welches Modell wofür passt',
    suits: {
      quick: (durationMs) => `schnelle Entwürfe, etwa ${seconds(durationMs)}`,
      pictures: (count) =>
        count === 1 ? 'ein eigenes Bild verändern' : `bis zu ${number(count)} eigene Bilder verändern`,
      series: (count) => `Serien von bis zu ${number(count)}`,
      sizes: (largest) => `Größen bis ${largest}`,
    },
    price: (lowest, highest) =>
      `${lowest === highest ? '' : `${number(lowest)} bis `}${credits(highest)} je Bild`,
  },

  offline: {
    title: 'Deine letzten Bilder',
    keptAt: (at) =>
      `Offline: Es gibt keine Verbindung zum Server. Das ist dein Feed vom ${format.instant(at)}, zum Ansehen. Neue Bilder gehen wieder, sobald sie zurück ist.`,
  },

  phone: {
    developing: (code, developed, others) =>
      [
        `Entwickelt ${code}`,
        developed === undefined ? '' : percent(developed),
        others === 0 ? '' : `${number(others)} weitere`,
      ]
        .filter(Boolean)
        .join(' · '),
    sharePicture: 'Bild teilen …',
    pictureNotShared: 'Das Bild ließ sich an keine andere App geben. Lade es stattdessen herunter.',
  },

  history: {
    search: 'Prompts durchsuchen',
    filters: 'Filter',
    scene: 'Ausgangspunkt',
    model: 'Modell',
    status: 'Ergebnis',
    any: 'Alle',
    statuses: {
      SUCCESS: 'Fertig',
      FAILED: 'Kein Bild',
      CANCELED: 'Abgebrochen',
      PROCESSING: 'In Entwicklung',
    },
    until: 'Bis',
    marked: 'Nur markierte',
    clear: 'Filter zurücksetzen',
    clearSearch: 'Suche zurücksetzen',
    empty: 'Hier ist noch nichts. Alles, was du machst, wird hier nach Tagen aufgehoben.',
    toCreate: 'Ein Bild machen',
    visitor: 'Melde dich an, um zu sehen, was du gemacht hast.',
    noSearchHits: (search) => `In keinem Prompt kommt „${search}“ vor.`,
    noHits: 'Zu diesen Filtern passt nichts.',
    noFavorites: 'Hier sind keine markierten Bilder. Kreise die ein, die du behalten willst.',
    end: 'Das ist alles.',
    images: images,
    found: requests,
    downloadFound: 'Alle herunterladen',
    imagesOfDay: (day) => `Bilder: ${day}`,
    requestsOfDay: (day) => `Aufträge: ${day}`,
    view: 'Ansicht',
    asGrid: 'Raster',
    asList: 'Liste',
    one: 'Das ist der Auftrag hinter der Zeile in deiner Credit-Übersicht.',
    oneGone: 'Diesen Auftrag gibt es nicht mehr.',
    all: 'Alles zeigen',
  },

  profile: {
    changeName: 'Name ändern',
    changeEmail: 'E-Mail-Adresse ändern',
    changePassword: 'Passwort ändern',
    save: 'Speichern',
    newEmail: 'Neue E-Mail-Adresse',
    newEmailHint: 'Du bekommst dort eine Mail. Die Adresse gilt, sobald du ihren Link geöffnet hast.',
    currentPassword: 'Dein Passwort',
    newPasswordHint: 'Mindestens 8 Zeichen. Alle anderen Sitzungen enden.',
    wrongPassword: 'Das Passwort stimmt nicht.',
    nameSaved: 'Dein Name ist gespeichert.',
    emailSame: 'Das ist schon deine Adresse.',
    emailSent: (email) => `Öffne den Link in der Mail an ${email}, um deine Adresse zu ändern.`,
    passwordSaved: 'Dein neues Passwort ist gespeichert, und alle anderen Sitzungen sind beendet.',
    unverified: 'Deine Adresse ist noch nicht bestätigt.',
    sendVerification: 'Mail zum Bestätigen senden',
    verificationSent: (email) => `Eine Mail an ${email} ist unterwegs.`,
  },

  sessions: {
    title: 'Wo du angemeldet bist',
    unknownDevice: 'Unbekanntes Gerät',
    current: 'diese hier',
    lastSeen: (when) => `zuletzt benutzt ${when}`,
    end: 'Beenden',
    endNamed: (device) => `Sitzung von ${device} beenden`,
    endOthers: 'Alle anderen beenden',
    ended: 'Die Sitzung ist beendet.',
    othersEnded: 'Alle anderen Sitzungen sind beendet.',
  },

  exportData: {
    title: 'Deine Daten',
    hint: 'Eine Zip-Datei mit deinen Bildern, Aufträgen und deiner Credit-Übersicht.',
    action: 'Daten herunterladen',
  },

  deleteAccount: {
    title: 'Konto löschen',
    hint: 'Löscht deine Bilder, Aufträge, Schlüssel und Webhooks endgültig.',
    warning:
      'Deine Bilder, Aufträge, API-Schlüssel und Webhooks werden endgültig gelöscht, laufende Aufträge abgebrochen, und deine Credits verfallen.',
    confirm: 'Endgültig löschen',
    done: 'Dein Konto ist gelöscht.',
  },

  account: {
    visitor: 'Melde dich an, um dein Konto zu sehen.',
    profile: 'Wer du bist',
    balance: 'Guthaben',
    ledger: 'Eingang und Ausgang von Credits',
    when: 'Wann',
    what: 'Was',
    amount: 'Betrag',
    balanceAfter: 'Guthaben danach',
    kinds: {
      GRANT: 'Credits hinzugefügt',
      CHARGE: 'Bilder',
      REFUND: 'Credits zurück',
      ADJUSTMENT: 'Credits abgezogen',
    },
    amountOf: (amount) => `${amount > 0 ? '+' : '−'}${number(Math.abs(amount))}`,
    deletedTask: 'ein gelöschter Auftrag',
    ledgerLoading: 'Deine Credit-Übersicht wird geladen',
    ledgerEmpty: 'Es wurden noch keine Credits bewegt.',
    ledgerFailed: 'Die Credit-Übersicht wurde nicht geladen.',
    ledgerEnd: 'Das sind alle Zeilen.',
    preferences: 'Wie diese Seite aussieht und sich verhält',
    theme: 'Farbschema',
    themes: { system: 'Wie mein Gerät', light: 'Hell', dark: 'Dunkel' },
    language: 'Sprache',
    signOutHint: 'Deine Bilder bleiben hier. Was du geschrieben hast, bleibt in diesem Tab.',
    copySecret: 'Kopieren',
    secretCopied: 'Kopiert.',
    secretNotCopied: 'Der Browser hat es nicht kopiert. Markiere den Text und kopiere ihn selbst.',
    secretDone: 'Gesichert, ausblenden',
  },

  apiKeys: {
    title: 'API-Schlüssel',
    loading: 'Deine API-Schlüssel werden geladen',
    failed: 'Deine API-Schlüssel wurden nicht geladen.',
    empty: 'Mit einem Schlüssel macht ein Programm Bilder mit deinen Credits, ohne dein Passwort zu kennen.',
    tryTheApi: 'Sieh dir die API in GraphiQL an',
    create: 'Schlüssel erstellen',
    submit: 'Erstellen',
    created: (name) => `Das Geheimnis von ${name}`,
    shownOnce: 'Kopiere es jetzt und bewahre es sicher auf. Es wird nicht noch einmal angezeigt.',
    name: 'Name',
    nameHint: 'Was ihn benutzt, etwa ein Programm oder ein Rechner.',
    prefix: 'Beginnt mit',
    scopes: 'Erlaubt',
    scopeNames: { READ: 'lesen', WRITE: 'schreiben', ADMIN: 'betreiben' },
    scopeLabels: {
      READ: 'Lesen: deine Bilder, Aufträge und Credits sehen',
      WRITE: 'Schreiben: Bilder machen und Credits ausgeben, hochladen und löschen',
    },
    createdAt: 'Erstellt',
    lastUsedAt: 'Zuletzt benutzt',
    neverUsed: 'nie',
    expiresAt: 'Läuft ab',
    expiredAt: 'Abgelaufen',
    expiries: {
      never: 'nie',
      week: 'in 7 Tagen',
      month: 'in 30 Tagen',
      quarter: 'in 90 Tagen',
      year: 'in einem Jahr',
    },
    creditLimit: 'Credit-Grenze',
    creditLimitHint: 'Was insgesamt damit ausgegeben werden darf. Lass sie leer, wenn es keine geben soll.',
    creditsSpent: 'Credits ausgegeben',
    spent: (spent, limit) => (limit === null ? number(spent) : `${number(spent)} von ${number(limit)}`),
    revoke: 'Widerrufen',
    revokeNamed: (name) => `${name} widerrufen`,
    revokeTitle: (name) => `${name} widerrufen?`,
    revokeHint:
      'Programme mit diesem Schlüssel werden ab sofort abgewiesen. Das lässt sich nicht rückgängig machen. Laufende Aufträge gehen weiter.',
    revoked: (name) => `${name} ist widerrufen.`,
    problems: {
      name: 'Ein Name hat 1 bis 100 Zeichen.',
      scopes: 'Wähle mindestens eines.',
      expiresAt: 'Dieser Zeitpunkt ist vorbei. Wähle einen späteren.',
      creditLimit: 'Eine Grenze ist eine ganze Zahl mit höchstens 9 Stellen.',
      tooMany: 'Mehr Schlüssel kannst du nicht haben. Widerrufe zuerst einen.',
    },
  },

  webhooks: {
    title: 'Webhooks',
    loading: 'Deine Webhooks werden geladen',
    failed: 'Deine Webhooks wurden nicht geladen.',
    empty:
      'Ein Webhook meldet deinem Server, dass sich ein Auftrag geändert hat. So muss er nicht nachfragen.',
    create: 'Webhook hinzufügen',
    submit: 'Hinzufügen',
    secretOf: (url) => `Das Signaturgeheimnis von ${url}`,
    shownOnce: 'Damit prüft dein Server die Signatur. Kopiere es jetzt; es wird nicht noch einmal angezeigt.',
    url: 'Adresse',
    events: 'Ereignisse',
    eventNames: { TASK_UPDATED: 'Auftrag geändert', TASK_COMPLETED: 'Auftrag beendet' },
    eventLabels: {
      TASK_UPDATED: 'Jede Änderung eines Auftrags',
      TASK_COMPLETED: 'Das Ende eines Auftrags, mit seinen Bildern',
    },
    state: 'Zustand',
    enabled: 'an',
    disabled: 'aus',
    disabledReason: (reason) =>
      reason.includes('410')
        ? 'Der Empfänger hat mit 410 Gone geantwortet.'
        : 'Drei Tage lang ist jede Zustellung fehlgeschlagen.',
    stopped: (url, reason) => `Webhooks an ${url} wurden abgeschaltet. ${reason}`,
    createdAt: 'Hinzugefügt',
    dropped: 'Verworfen',
    droppedCount: (count) =>
      `${counted(count, 'Ereignis', 'Ereignisse')}, weil zu viele auf ihre Zustellung warteten`,
    test: 'Test senden',
    testSent: 'Ein Test ist unterwegs. Wie er ausging, steht unter den letzten Zustellungen.',
    enable: 'Einschalten',
    disable: 'Ausschalten',
    nowEnabled: 'Der Webhook ist an.',
    nowDisabled: 'Der Webhook ist aus. Was noch wartete, wird nicht mehr gesendet.',
    confirmations: {
      rotate: {
        title: 'Neues Geheimnis erzeugen?',
        action: 'Neues Geheimnis',
        hint: '24 Stunden lang wird auch mit dem alten signiert. Gib deinem Server in dieser Zeit das neue.',
      },
      remove: {
        title: 'Diesen Webhook löschen?',
        action: 'Löschen',
        hint: 'Dorthin wird nichts mehr gesendet, und seine Zustellungen sind nicht mehr zu sehen. Das lässt sich nicht rückgängig machen.',
      },
    },
    removed: (url) => `Webhooks an ${url} sind gelöscht.`,
    deliveries: 'Letzte Zustellungen',
    noDeliveries: 'Es wurde noch nichts gesendet.',
    refresh: 'Aktualisieren',
    event: 'Ereignis',
    outcome: 'Ergebnis',
    action: 'Aktion',
    statuses: { PENDING: 'Wartet', DELIVERED: 'Zugestellt', FAILED: 'Fehlgeschlagen' },
    attempts: (count) => counted(count, 'Versuch', 'Versuche'),
    answer: (status) => (status === null ? 'keine Antwort' : `Antwort ${status}`),
    nextAttempt: (at) => `nächster ${at}`,
    redeliver: 'Erneut senden',
    sentAgain: 'Es wird noch einmal gesendet.',
    problems: {
      url: 'Hier passt eine öffentliche https-Adresse mit Port 443, ohne Benutzernamen. Andere kann der Betreiber erlauben.',
      events: 'Wähle mindestens eines.',
      id: 'Dieser Webhook ist aus. Schalte ihn zuerst ein.',
      tooMany: 'Mehr Webhooks kannst du nicht haben. Lösche zuerst einen.',
    },
  },

  refusal: {
    dailyLimit: 'Das Tageslimit für Credits ist erreicht. Versuche es nach 0:00 Uhr UTC noch einmal.',
    tooManyActive: (active, startsAutomatically) =>
      [
        `Es ${active === 1 ? 'läuft' : 'laufen'} schon ${active > 0 ? requests(active) : 'zu viele Aufträge'}.`,
        startsAutomatically
          ? 'Dieser startet, sobald ein Platz frei ist.'
          : 'Sende diesen, sobald ein Platz frei ist.',
      ].join(' '),
    internal: 'Bei uns ist etwas kaputtgegangen. Dein Prompt ist noch da.',
    details: (reportId, at) => ['Fehler', reportId, at].filter(Boolean).join(' '),
    copied: 'Details kopiert.',
    gone: 'Das gibt es nicht mehr.',
    forbidden: 'Dieses Konto darf das nicht.',
    changed:
      'Das wurde schon in anderer Form gesendet. Drück auf „Generieren“, um es als neuen Auftrag zu senden.',
    notEnough: 'Dafür hast du nicht genug Credits.',
    invalid: (field) => `Der Server hat das nicht angenommen: ${field}. Ändere es und sende dann erneut.`,
    invalidRequest: 'Der Server hat diesen Auftrag nicht angenommen. Ändere ihn und sende dann erneut.',
    referenceUnusable:
      'Eines der Referenzbilder lässt sich nicht verwenden. Ersetze es und sende dann erneut.',
    storageFull: 'Dein Bildspeicher ist voll. Lösche Bilder, die du nicht mehr brauchst.',
    tooComplex: 'Das war zu viel für eine Anfrage.',
  },
};

/** By the names of the tables. */
export const german = { first, later };
