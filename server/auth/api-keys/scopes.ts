/** What an API key may do, as the plugin stores it: JSON in `ApiKey.permissions`. */

export const apiKeyScopes = ['READ', 'WRITE'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** The plugin's form of the scopes. */
export const permissionsOf = (scopes: readonly ApiKeyScope[]) => ({ api: [...scopes] });

/** The scopes that this version knows. */
export function scopesOf(permissions: string): ApiKeyScope[] {
  const { api = [] } = JSON.parse(permissions) as { api?: string[] };
  return apiKeyScopes.filter((scope) => api.includes(scope));
}
