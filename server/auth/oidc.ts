/**
 * Sign-in with an OpenID Connect issuer. Its discovery document is read at the first sign-in and not at the start, so that
 * neither the start nor other sign-ins depend on an issuer that is down, and it works as soon as the issuer is back.
 */
import type { AuthContext } from 'better-auth';
import { APIError } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins';
import { withTimeout } from '../lib/timeout.ts';

export interface OidcClient {
  clientId: string;
  clientSecret: string;
  issuer: string;
  /** What users read. */
  name: string;
}

const providerId = 'oidc';
const discoveryTimeoutMs = 5_000;

/** The paths of better-auth that use the provider, where the request names it. */
const paths: readonly string[] = ['/sign-in/social', '/link-social', '/callback/:id'];

/** A request to better-auth. */
interface Use {
  path: string;
  body?: unknown;
  params?: unknown;
  context: Pick<AuthContext, 'socialProviders' | 'logger' | 'baseURL'>;
  redirect: (url: string) => Error;
}

/**
 * @param options The options of better-auth's plugin beside those of the client.
 * @param errorUrl The page that says why a sign-in failed.
 */
export function createOidcSignIn(
  { clientId, clientSecret, issuer, name }: OidcClient,
  options: Partial<Parameters<typeof genericOAuth>[0]['config'][number]>,
  errorUrl: string,
) {
  const plugin = genericOAuth({
    config: [
      {
        ...options,
        providerId,
        name,
        clientId,
        clientSecret,
        discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        scopes: ['openid', 'email', 'profile'],
        requireIdTokenVerification: true,
      },
    ],
  });
  let opening: Promise<void> | undefined;

  /** Adds the provider to those of better-auth, in the array that all requests share. */
  async function open(context: Use['context']): Promise<void> {
    const message = 'The OpenID Connect issuer did not respond in time';
    const opened = await withTimeout(discoveryTimeoutMs, message, plugin.init(context as AuthContext));
    const provider = opened.context.socialProviders.find(({ id }) => id === providerId);
    if (!provider) throw new Error('The OpenID Connect issuer has no usable discovery document');
    context.socialProviders.push(provider);
  }

  return {
    /**
     * Before a request that uses the provider.
     * @throws {APIError} PROVIDER_UNREACHABLE where the issuer does not respond: 503, or a redirect of a browser that returns from it
     */
    async prepare({ path, body, params, context, redirect }: Use): Promise<void> {
      if (!paths.includes(path)) return;
      const named = (body as { provider?: unknown } | undefined)?.provider;
      if ((named ?? (params as { id?: unknown } | undefined)?.id) !== providerId) return;
      if (context.socialProviders.some(({ id }) => id === providerId)) return;
      opening ??= open(context).finally(() => (opening = undefined));
      await opening.catch((error: unknown) => {
        context.logger.warn(String(error));
        const code = 'PROVIDER_UNREACHABLE';
        if (path === '/callback/:id') throw redirect(`${errorUrl}?error=${code}`);
        throw new APIError('SERVICE_UNAVAILABLE', {
          code,
          message: `${name} does not respond. Try again later, or sign in with your password.`,
        });
      });
    },
  };
}
