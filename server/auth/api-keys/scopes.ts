/** What an API key may do, as the plugin stores it: JSON in `ApiKey.permissions`. */

export const apiKeyScopes = ['READ', 'WRITE', 'ADMIN'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];
/** Of a key for which none are given. */
export const defaultScopes = ['READ', 'WRITE'] as const satisfies readonly ApiKeyScope[];

/** The plugin's form of the scopes. */
export const permissionsOf = (scopes: readonly ApiKeyScope[]) => ({ api: [...scopes] });

/** The scopes that this version knows. */
export function scopesOf(permissions: string): ApiKeyScope[] {
  const { api = [] } = JSON.parse(permissions) as { api?: string[] };
  return apiKeyScopes.filter((scope) => api.includes(scope));
}
