/** Sign-in with Google, GitHub and an OpenID Connect issuer, each where its client is configured. */
import type { BetterAuthOptions, BetterAuthPlugin } from 'better-auth';
import { genericOAuth } from 'better-auth/plugins';

interface Client {
  clientId: string;
  clientSecret: string;
}

export interface SignInProviders {
  google?: Client | undefined;
  github?: Client | undefined;
  /** `name` is what users read. */
  oidc?: (Client & { issuer: string; name: string }) | undefined;
}

export interface SignInProvider {
  /** As in the address of its callback, `/api/auth/callback/<id>`. */
  id: string;
  name: string;
}

/** The configured providers, in the order in which the page shows them. */
export function listProviders({ google, github, oidc }: SignInProviders): SignInProvider[] {
  return [
    ...(oidc ? [{ id: 'oidc', name: oidc.name }] : []),
    ...(google ? [{ id: 'google', name: 'Google' }] : []),
    ...(github ? [{ id: 'github', name: 'GitHub' }] : []),
  ];
}

/**
 * Options and plugins of better-auth. An account of a provider is linked to an existing account with the same address only
 * where both the provider and this installation have confirmed that address.
 */
export function providerOptions(
  { google, github, oidc }: SignInProviders,
  requireEmailVerification: boolean,
) {
  const common = { requireEmailVerification };
  const plugins: BetterAuthPlugin[] = oidc
    ? [
        genericOAuth({
          config: [
            {
              providerId: 'oidc',
              name: oidc.name,
              clientId: oidc.clientId,
              clientSecret: oidc.clientSecret,
              discoveryUrl: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
              scopes: ['openid', 'email', 'profile'],
              requireIdTokenVerification: true,
              mapProfileToUser: (profile) => ({
                name: nameOf(profile),
                // Some issuers send the text "false".
                emailVerified: [true, 'true'].includes(profile['email_verified'] as string | boolean),
              }),
              ...common,
            },
          ],
        }),
      ]
    : [];
  const options = {
    socialProviders: {
      ...(google && { google: { ...google, ...common } }),
      ...(github && { github: { ...github, ...common } }),
    },
    account: {
      // The providers are only asked who signs in: no token of theirs is used later, so none is stored.
      updateAccountOnSignIn: false,
      accountLinking: { enabled: true, requireLocalEmailVerified: true },
    },
  } satisfies BetterAuthOptions;
  return { options, plugins };
}

/** Never empty, as not every issuer has a name for everyone. */
function nameOf(profile: Record<string, unknown>): string {
  const names = [
    profile['name'],
    profile['preferred_username'],
    String(profile['email'] ?? '').split('@')[0],
  ];
  return (
    names.find((name): name is string => typeof name === 'string' && name.trim() !== '')?.slice(0, 100) ??
    'User'
  );
}

/** Leaves out the tokens of a provider. */
export function withoutTokens<Account extends object>(account: Account) {
  return { data: { ...account, accessToken: null, refreshToken: null, idToken: null } };
}
