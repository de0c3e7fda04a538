const ports = 'providers/provider.ts storage/storage.ts';
const base = `generated lib ${ports}`;
const catalogue = 'models/catalogue.ts models/options.ts';

/**
 * The imports that `npm run check` allows, static, dynamic and of types; decision 1 gives the reasons. A name is a folder
 * without its subfolders, or a file with imports of its own. Each row has one or several names, which do not import each
 * other, and the names that each of them may import. These are above it, so there are no cycles. `.` is the files at the
 * top of an area, `*` every name above, `/sandbox` another area. Tests may import every name of their area, and the other
 * areas in it.
 */
export const areas: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  client: {
    'api/generated app/boot i18n': '',
    ui: 'i18n',
    api: 'api/generated i18n',
    'api-call auth generate/options generate/references sharing': 'api api/generated i18n ui',
    account: 'api api/generated auth i18n sharing ui',
    gallery: 'api api-call i18n sharing ui',
    'gallery/task-card': 'api api/generated gallery i18n ui',
    generate: 'account api api/generated app/boot auth gallery generate/options generate/references i18n ui',
    feed: 'api api/generated gallery gallery/task-card generate generate/options i18n ui',
    history: 'api api/generated feed gallery gallery/task-card generate/options i18n ui',
    offline: 'api app/boot auth feed i18n ui',
    live: 'account api api/generated feed gallery/task-card i18n ui',
    app: '*',
    build: 'app offline',
    '.': '*',
  },
  sandbox: {
    'drawing lib': '',
    'gemini replicate': 'drawing lib',
    '.': '*',
  },
  bench: {
    harness: '',
    'peers works': 'harness',
    '.': '*',
  },
  // A package of its own: it imports nothing else of the project.
  sdk: {
    'src/generated': '',
    src: 'src/generated',
  },
  server: {
    'generated lib': '',
    mail: 'lib',
    'providers/provider.ts storage/storage.ts': 'lib',
    // Ports and adapters import neither features nor Prisma; only files at the top import an adapter.
    'http models/options.ts providers': 'lib providers/provider.ts',
    'models/catalogue.ts': 'models/options.ts providers/provider.ts',
    'traces/settings.ts': '',
    config: 'lib models/catalogue.ts traces/settings.ts',
    'data-dir.ts': 'lib',
    'storage/send-object.ts': 'lib storage/storage.ts',
    storage: 'lib storage/send-object.ts storage/storage.ts',
    database: 'generated lib',
    tables: 'database lib',
    move: `${base} database tables`,
    // Imports no feature: each feature registers its types and services in its schema.ts.
    graphql: 'generated http lib',
    metrics: 'generated http lib providers/provider.ts',
    traces: 'lib providers/provider.ts traces/settings.ts',
    models: `${base} ${catalogue} database`,
    'auth/api-keys credits webhooks/delivery': `${base} database`,
    auth: `${base} auth/api-keys database mail`,
    'images/pictures': `${base} models/catalogue.ts`,
    images: `${base} database images/pictures models`,
    // Services, stores and workers do not depend on GraphQL; the files with the schema of a feature do.
    'models/names.ts': `${base} ${catalogue} graphql`,
    'models/schema.ts': `${base} ${catalogue} graphql models`,
    'credits/schema.ts': `${base} credits graphql`,
    'auth/schema.ts': `${base} auth graphql`,
    'auth/api-keys/schema.ts': `${base} auth/api-keys graphql`,
    'images/schema.ts': `${base} graphql images`,
    'images/mutations.ts': `${base} graphql images images/schema.ts`,
    'admin/command': 'lib',
    admin: `${base} credits database`,
    'admin/figures': `${base} database`,
    'admin/links': `${base} admin auth`,
    'admin/webhooks': `${base} admin webhooks/delivery`,
    'admin/configuration-schema.ts': 'graphql',
    'admin/schema.ts': `${base} admin auth/schema.ts credits/schema.ts graphql`,
    'admin/account-schema.ts admin/audit-schema.ts': `${base} admin admin/schema.ts auth/schema.ts graphql`,
    backup: `${base} database http images tables`,
    'admin/figures/schema.ts': `${base} admin/figures admin/schema.ts graphql images/schema.ts`,
    'admin/links/schema.ts admin/webhooks/schema.ts': `${base} admin/links admin/schema.ts admin/webhooks graphql`,
    'tasks/store': `${base} credits database`,
    tasks: `${base} ${catalogue} auth credits database images models tasks/store`,
    'admin/user-tasks.ts': `${base} admin tasks tasks/store`,
    'tasks/worker': `${base} database images models tasks tasks/store`,
    'tasks/state-types.ts': `${base} graphql tasks`,
    'admin/user-task-schema.ts': `${base} admin/schema.ts admin/user-tasks.ts graphql tasks/state-types.ts`,
    'tasks/filter.ts': `${base} models/names.ts tasks`,
    'tasks/schema.ts': `${base} ${catalogue} auth credits/schema.ts graphql images images/schema.ts models models/schema.ts tasks tasks/state-types.ts tasks/store`,
    'tasks/mutations.ts': `${base} auth auth/schema.ts graphql images/schema.ts models models/names.ts models/schema.ts tasks tasks/schema.ts tasks/state-types.ts tasks/store`,
    'tasks/list-schema.ts': `${base} graphql models/schema.ts tasks tasks/filter.ts tasks/schema.ts tasks/state-types.ts`,
    'tasks/results-zip.ts': `${base} http images tasks tasks/filter.ts`,
    account: `${base} auth auth/api-keys database http images tasks`,
    'account/schema.ts': `${base} account auth auth/schema.ts database graphql`,
    sharing: `${base} database http models storage/send-object.ts`,
    'sharing/schema.ts': `${base} graphql images/schema.ts sharing tasks/schema.ts`,
    webhooks: `${base} ${catalogue} database webhooks/delivery`,
    'webhooks/payload.ts': `${base} graphql images models tasks tasks/store webhooks webhooks/delivery`,
    'webhooks/schema.ts': `${base} graphql tasks/schema.ts webhooks`,
    'webhooks/mutations.ts': `${base} graphql webhooks webhooks/schema.ts`,
    'adapters.ts': '* /sandbox',
    'installation-audit.ts operator-services.ts schema.ts version.ts': '*',
    'commands doctor': '*',
    '.': '*',
  },
};

/** The names that may import packages whose names match, tests aside. */
export const packages: Readonly<Record<string, RegExp>> = {
  'bench/peers client/api client/build sdk/src server/graphql':
    /^(graphql|graphql-yoga|graphql-ws|@graphql-yoga|@pothos)(\/|$)/,
  'server/database': /^@prisma\//,
  'server/traces': /^@opentelemetry\//,
  'server/providers server/storage': /^(replicate|@google\/genai|@aws-sdk)(\/|$)/,
};
