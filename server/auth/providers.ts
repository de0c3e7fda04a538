/** Sign-in with Google, GitHub and an OpenID Connect issuer, each where its client is configured. */
import type { BetterAuthOptions } from 'better-auth';
import { firstDisplayName } from './display-name.ts';
import { createOidcSignIn, type OidcClient } from './oidc.ts';

interface Client {
  clientId: string;
  clientSecret: string;
}

export interface SignInProviders {
  google?: Client | undefined;
  github?: Client | undefined;
  oidc?: OidcClient | undefined;
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
 * Options of better-auth, and the sign-in with OpenID Connect. An account of a provider is linked to an existing account with the same address only
 * where both the provider and this installation have confirmed that address.
 */
export function providerOptions(
  { google, github, oidc }: SignInProviders,
  { requireEmailVerification, errorUrl }: { requireEmailVerification: boolean; errorUrl: string },
) {
  const common = { requireEmailVerification };
  const openId =
    oidc &&
    createOidcSignIn(
      oidc,
      {
        mapProfileToUser: (profile) => ({
          name: firstDisplayName(profile['name'], profile['preferred_username']),
          // Some issuers send the text "false".
          emailVerified: [true, 'true'].includes(profile['email_verified'] as string | boolean),
        }),
        ...common,
      },
      errorUrl,
    );
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
  return { options, openId };
}

/** Leaves out the tokens of a provider. */
export function withoutTokens<Account extends object>(account: Account) {
  return { data: { ...account, accessToken: null, refreshToken: null, idToken: null } };
}
