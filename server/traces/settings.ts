/**
 * The variables of OpenTelemetry that the server reads, with their standard names and defaults:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import { z } from 'zod';

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional();
const pairs = z
  .string()
  .refine((text) => pairsIn(text) !== undefined, 'must be name=value, separated by commas')
  .optional();

export const traceVariables = {
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .default('false'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_HEADERS: pairs,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: pairs,
  OTEL_SERVICE_NAME: z.string().trim().min(1).optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs,
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
} as const;

type Values = z.infer<z.ZodObject<typeof traceVariables>>;

export interface TraceSettings {
  /** Where spans are sent, as OTLP over HTTP in JSON. */
  url: string;
  headers: Record<string, string>;
  /** Of the resource, with `service.name`. */
  resource: Record<string, string>;
  sampler: Values['OTEL_TRACES_SAMPLER'];
  /** The share of the traces that a sampler by ratio takes, 0 to 1. */
  ratio: number;
}

/** Undefined where no traces are sent: that needs an endpoint, or `OTEL_TRACES_EXPORTER=otlp`. */
export function traceSettingsOf(values: Values): TraceSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint } = values;
  const exporter = values.OTEL_TRACES_EXPORTER ?? (base || endpoint ? 'otlp' : 'none');
  if (values.OTEL_SDK_DISABLED === 'true' || exporter === 'none') return undefined;
  const attributes = pairsIn(values.OTEL_RESOURCE_ATTRIBUTES) ?? {};
  return {
    url: endpoint ?? `${(base ?? 'http://localhost:4318').replace(/\/$/, '')}/v1/traces`,
    headers: {
      ...pairsIn(values.OTEL_EXPORTER_OTLP_HEADERS),
      ...pairsIn(values.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    resource: {
      ...attributes,
      'service.name': values.OTEL_SERVICE_NAME ?? attributes['service.name'] ?? 'proofsheet',
    },
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** `a=1,b=2` with values in percent encoding; undefined where the text is absent or malformed. */
function pairsIn(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  try {
    return Object.fromEntries(
      text
        .split(',')
        .filter((pair) => pair.trim() !== '')
        .map((pair) => {
          const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/.exec(pair)!;
          return [decodeURIComponent(name!), decodeURIComponent(value!.trim())];
        }),
    );
  } catch {
    return undefined;
  }
}
