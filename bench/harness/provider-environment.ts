/** The product's variables for the provider of the bench. */
export function providerEnvironment(url: string, hasWebhooks = false): Record<string, string> {
  return {
    REPLICATE_API_TOKEN: 'r8_bench',
    REPLICATE_BASE_URL: `${url}/v1`,
    SANDBOX: 'off',
    OUTPUT_ORIGINS: url,
    ...(hasWebhooks && {
      PUBLIC_URL: 'https://proofsheet.example',
      REPLICATE_WEBHOOK_SECRET: 'whsec_c2FuZGJveA==',
    }),
  };
}
