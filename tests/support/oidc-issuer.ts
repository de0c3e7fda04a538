/** A real OpenID Connect issuer on loopback, and a browser without a page that signs in there. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface Person {
  email: string;
  /** Some issuers send a text. */
  email_verified: boolean | string;
  name?: string;
  picture?: string;
}

/** @param people By the login that they type. */
export async function openIssuer(people: Readonly<Record<string, Person>>) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { client_id: 'proofsheet', client_secret: 'a secret of the test' };
  let isDown = false;
  const provide = (redirectUris: string[]) => {
    const provider = new Provider(issuer, {
      clients: [{ ...client, redirect_uris: redirectUris }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
      cookies: { keys: ['a key of the test'] },
      findAccount: (_, sub) =>
        people[sub] && { accountId: sub, claims: async () => ({ sub, ...people[sub] }) },
    });
    const callback = provider.callback();
    server.removeAllListeners('request').on('request', (request, response) => {
      if (isDown) request.destroy();
      else void callback(request, response);
    });
  };
  // The address of the app is known only once it has started.
  provide(['https://app.example/callback']);
  return {
    variables: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: client.client_id,
      OIDC_CLIENT_SECRET: client.client_secret,
      OIDC_NAME: 'Example Login',
    },
    /** Whether it answers, or cuts each connection. */
    respond(does: boolean) {
      isDown = !does;
    },
    /** Registers the addresses that may follow a sign-in. */
    redirectTo: (...redirectUris: string[]) => provide(redirectUris),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Follows redirects with cookies by origin, and fills in the issuer's forms. */
export function createVisitor(appUrl: string) {
  const cookies = new Map<string, Map<string, string>>();

  /** One request, without following where it leads. */
  async function request(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = cookies.get(origin) ?? new Map<string, string>();
    cookies.set(origin, jar);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  return {
    request,
    /** Signs in at the issuer from its address on; resolves to the last address, which is one of the app's pages. */
    async signIn(start: string, login: string): Promise<string> {
      let address = start;
      let answer = await request(address);
      for (let step = 0; step < 30; step += 1) {
        const location = answer.headers.get('location');
        if (location !== null) {
          address = new URL(location, address).href;
          if (address.startsWith(appUrl) && !address.includes('/api/auth/')) return address;
          answer = await request(address);
          continue;
        }
        const page = await answer.text();
        const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
        const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
        if (!action || !prompt) throw new Error(`${address} answered ${answer.status}: ${page}`);
        address = new URL(action, address).href;
        const body = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'x' }) });
        answer = await request(address, { method: 'POST', body });
      }
      throw new Error('The sign-in does not end');
    },
  };
}
