import { isObject, type JsonObject, type JsonValue } from '../lib/json.ts';
import { isLoopback } from '../lib/http-client.ts';
import type { InvalidField } from './problems.ts';

export const webhookEvents = ['start', 'output', 'logs', 'completed'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** What one key of a model's input may hold. */
export type FieldRule =
  | { type: 'string' }
  | { type: 'boolean' }
  | { type: 'integer'; min?: number; max?: number }
  | { type: 'enum'; values: readonly string[] }
  | { type: 'uris'; max: number };

/** The body of a creation that has been checked. */
export interface CreationBody {
  version?: string;
  input: JsonObject;
  webhook?: string;
  webhook_events_filter?: WebhookEvent[];
}

function fault(type: string, field: string, description: string): InvalidField {
  return { type, field, description };
}

/** The faults of a creation's body apart from those in its `input`, which the model's own schema judges. */
export function checkCreationBody(body: JsonObject, options: { versionExpected: boolean }): InvalidField[] {
  const allowed = ['input', 'webhook', 'webhook_events_filter', 'stream'];
  const required = options.versionExpected ? ['input', 'version'] : ['input'];
  const faults = checkKeys(body, required, [...allowed, ...required], '');
  if ('input' in body && !isObject(body.input)) faults.push(wrongType('input', 'object', body.input));
  if ('version' in body && typeof body.version !== 'string')
    faults.push(wrongType('version', 'string', body.version));
  if ('webhook' in body && !isWebhookAddress(body.webhook))
    faults.push(fault('format', 'webhook', 'webhook must be an HTTPS URL'));
  if ('webhook_events_filter' in body) faults.push(...checkEventsFilter(body.webhook_events_filter));
  return faults;
}

/** The faults of an `input` by a model's schema. */
export function checkInput(
  input: JsonObject,
  fields: Readonly<Record<string, FieldRule>>,
  required: readonly string[],
): InvalidField[] {
  return [
    ...checkKeys(input, required, Object.keys(fields), 'input'),
    ...Object.entries(fields).flatMap(([name, rule]) =>
      input[name] === undefined ? [] : checkField(name, input[name], rule),
    ),
  ];
}

function checkField(name: string, value: JsonValue, rule: FieldRule): InvalidField[] {
  const field = `input.${name}`;
  switch (rule.type) {
    case 'string':
    case 'boolean':
      return typeof value === rule.type ? [] : [wrongType(field, rule.type, value)];
    case 'integer':
      return checkInteger(field, value, rule);
    case 'enum':
      return rule.values.some((known) => known === value) ? [] : [notAmong(name, field, rule.values)];
    case 'uris':
      return checkUris(field, value, rule.max);
  }
}

function checkInteger(
  field: string,
  value: JsonValue,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number },
): InvalidField[] {
  if (typeof value !== 'number' || !Number.isInteger(value)) return [wrongType(field, 'integer', value)];
  if (value < min) return [fault('number_gte', field, `Must be greater than or equal to ${min}`)];
  return value > max ? [fault('number_lte', field, `Must be less than or equal to ${max}`)] : [];
}

function checkUris(field: string, value: JsonValue, max: number): InvalidField[] {
  if (!Array.isArray(value)) return [wrongType(field, 'array', value)];
  const faults = value.flatMap((item, index) => {
    if (typeof item !== 'string') return [wrongType(`${field}.${index}`, 'string', item)];
    return URL.canParse(item) ? [] : [fault('format', `${field}.${index}`, "Does not match format 'uri'")];
  });
  if (value.length > max)
    faults.push(fault('array_max_items', field, `Array must have at most ${max} items`));
  return faults;
}

function checkEventsFilter(value: JsonValue | undefined): InvalidField[] {
  const field = 'webhook_events_filter';
  if (!Array.isArray(value)) return [wrongType(field, 'array', value)];
  return value.flatMap((event, index) =>
    webhookEvents.some((known) => known === event)
      ? []
      : [notAmong(field, `${field}.${index}`, webhookEvents)],
  );
}

/** The real provider takes HTTPS alone; here a plain address on this machine is as good. */
function isWebhookAddress(value: JsonValue | undefined): boolean {
  return (
    typeof value === 'string' && URL.canParse(value) && (value.startsWith('https:') || isLoopback(value))
  );
}

function checkKeys(
  body: JsonObject,
  required: readonly string[],
  allowed: readonly string[],
  field: string,
): InvalidField[] {
  const missing = required.filter((key) => !(key in body));
  const extra = Object.keys(body).filter((key) => !allowed.includes(key));
  return [
    ...missing.map((key) => fault('required', field, `${key} is required`)),
    ...extra.map((key) =>
      fault('additional_property_not_allowed', field, `Additional property ${key} is not allowed`),
    ),
  ];
}

function notAmong(name: string, field: string, values: readonly string[]): InvalidField {
  const list = values.map((value) => `"${value}"`).join(', ');
  return fault('enum', field, `${name} must be one of the following: ${list}`);
}

function wrongType(field: string, expected: string, value: JsonValue | undefined): InvalidField {
  const given = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return fault('invalid_type', field, `Invalid type. Expected: ${expected}, given: ${given}`);
}
