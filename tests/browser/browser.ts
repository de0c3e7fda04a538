/** Chromium on the built client, which a real server serves. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The pages of a browser share a process, and none is started in reserve. A list of disabled features would replace that
 * of Playwright.
 */
const oneProcess = ['--process-per-site', '--renderer-process-limit=1'];

/**
 * The system's Chromium: the one that CHROMIUM names, or the first of these in PATH. The build without a window and
 * a single process take half of the CPU time.
 */
export async function openBrowser(
  further: readonly string[] = [],
  builds: readonly string[] = ['chromium-headless-shell', 'chromium'],
): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(builds),
    args: [...args, ...oneProcess, ...further],
  });
}

/** The same with a profile in `folder` and further arguments, for tools with a connection of their own. */
export async function openProfile(folder: string, further: readonly string[]): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(['chromium']),
    args: [...args, ...further],
    viewport: null,
  });
}

function chromiumPath(names: readonly string[]): string {
  if (process.env['CHROMIUM']) return process.env['CHROMIUM'];
  // It ends with 1 where one of several is missing, and prints the others.
  const { stdout } = spawnSync('which', names, { encoding: 'utf8' });
  const [first] = stdout.split('\n');
  if (!first) throw new Error(`None of these is in PATH: ${names.join(', ')}.`);
  return first;
}

const password = 'correct horse battery';

/** Creates an account in the page's dialog; resolves to its email. */
export async function signUpInPage(page: Page): Promise<string> {
  const email = `${randomUUID()}@example.test`;
  await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create an account instead' }).click();
  await dialog.getByLabel('Name').fill('Tester');
  await dialog.getByLabel('Email').fill(email);
  await dialog.getByLabel('Password').fill(password);
  await dialog.getByRole('button', { name: 'Create account' }).click();
  await dialog.waitFor({ state: 'hidden' });
  return email;
}

/** Signs in again to an account of `signUpInPage`. */
export async function signInInPage(page: Page, email: string): Promise<void> {
  await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Email').fill(email);
  await dialog.getByLabel('Password').fill(password);
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Saves a screenshot of the page in `test-results/`. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = path.join(import.meta.dirname, '../../test-results');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}

/** Routes the page's WebSockets through the test, which can cut them. Call before the page opens one. */
export async function guardSockets(page: Page) {
  const open = new Set<{ close(): void }>();
  let isCut = false;
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    const server = isCut ? undefined : socket.connectToServer();
    const connection = {
      close() {
        void socket.close({ code: 4000, reason: 'cut' });
        void server?.close();
      },
    };
    if (isCut) return connection.close();
    open.add(connection);
  });
  return {
    /** Closes every socket, and each new one at once. */
    cut() {
      isCut = true;
      for (const connection of open) connection.close();
      open.clear();
    },
    mend() {
      isCut = false;
    },
    get count() {
      return open.size;
    },
  };
}
