/** What the tests of mails about accounts share. */
import { afterAll, beforeAll } from 'vitest';
import { createAuthClient } from './auth-client.ts';
import { openMailbox } from './mailbox.ts';
import { startTestApp, type TestApp } from './start-app.ts';

/**
 * Starts, for the tests of a file, a mailbox and two apps with these variables: in `open` an account is usable at once, in
 * `strict` once its address is confirmed. `web` and `strictWeb` are their clients.
 */
export function useMailApps(env: Record<string, string>) {
  let mailbox: Awaited<ReturnType<typeof openMailbox>>;
  let open: TestApp;
  let strict: TestApp;
  beforeAll(async () => {
    mailbox = await openMailbox();
    const variables = { ...mailbox.variables, TRUSTED_PROXIES: '1', ...env };
    open = await startTestApp(variables);
    strict = await startTestApp({ ...variables, REQUIRE_EMAIL_VERIFICATION: 'on' });
  });
  afterAll(async () => {
    await open?.remove();
    await strict?.remove();
    await mailbox?.close();
  });
  return {
    web: createAuthClient(() => ({ ...open, mailbox })),
    strictWeb: createAuthClient(() => ({ ...strict, mailbox })),
    get url() {
      return open.url;
    },
    get mailbox() {
      return mailbox;
    },
  };
}
