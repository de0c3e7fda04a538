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

/** The faults of a creation's body apart from those in its `input`, which the model's own schema judges. */
export function checkCreationBody(body: JsonObject, options: { versionExpected: boolean }): InvalidField[] {
  const allowed = ['input', 'webhook', 'webhook_events_filter', 'stream'];
  const required = ['input'];
  if (options.versionExpected) required.push('version');
  const faults = [...missingKeys(body, required, ''), ...extraKeys(body, [...allowed, ...required], '')];
  if ('input' in body && !isObject(body.input)) faults.push(wrongType('input', 'object', body.input));
  if ('version' in body && typeof body.version !== 'string')
    faults.push(wrongType('version', 'string', body.version));
  if ('webhook' in body && !isWebhookAddress(body.webhook)) {
    faults.push({ type: 'format', field: 'webhook', description: 'webhook must be an HTTPS URL' });
  }
  if ('webhook_events_filter' in body) faults.push(...checkEventsFilter(body.webhook_events_filter));
  return faults;
}

/** The faults of an `input` by a model's schema. */
export function checkInput(
  input: JsonObject,
  fields: Readonly<Record<string, FieldRule>>,
  required: readonly string[],
): InvalidField[] {
  const faults = [
    ...missingKeys(input, required, 'input'),
    ...extraKeys(input, Object.keys(fields), 'input'),
  ];
  for (const [name, rule] of Object.entries(fields)) {
    const value = input[name];
    if (value !== undefined) faults.push(...checkField(name, value, rule));
  }
  return faults;
}

function checkField(name: string, value: JsonValue, rule: FieldRule): InvalidField[] {
  const field = `input.${name}`;
  switch (rule.type) {
    case 'string':
      return typeof value === 'string' ? [] : [wrongType(field, 'string', value)];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType(field, 'boolean', value)];
    case 'integer':
      return checkInteger(field, value, rule);
    case 'enum':
      return typeof value === 'string' && rule.values.includes(value)
        ? []
        : [notAmong(name, field, rule.values)];
    case 'uris':
      return checkUris(field, value, rule.max);
  }
}

function checkInteger(
  field: string,
  value: JsonValue,
  { min, max }: { min?: number; max?: number },
): InvalidField[] {
  if (!Number.isInteger(value)) return [wrongType(field, 'integer', value)];
  const number = Number(value);
  if (min !== undefined && number < min) {
    return [{ type: 'number_gte', field, description: `Must be greater than or equal to ${min}` }];
  }
  if (max !== undefined && number > max) {
    return [{ type: 'number_lte', field, description: `Must be less than or equal to ${max}` }];
  }
  return [];
}

function checkUris(field: string, value: JsonValue, max: number): InvalidField[] {
  if (!Array.isArray(value)) return [wrongType(field, 'array', value)];
  const faults = value.flatMap((item, index): InvalidField[] => {
    const itemField = `${field}.${index}`;
    if (typeof item !== 'string') return [wrongType(itemField, 'string', item)];
    return URL.canParse(item)
      ? []
      : [{ type: 'format', field: itemField, description: "Does not match format 'uri'" }];
  });
  if (value.length > max) {
    faults.push({ type: 'array_max_items', field, description: `Array must have at most ${max} items` });
  }
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

function missingKeys(body: JsonObject, required: readonly string[], field: string): InvalidField[] {
  const missing = required.filter((key) => !(key in body));
  return missing.map((key) => ({ type: 'required', field, description: `${key} is required` }));
}

function extraKeys(body: JsonObject, allowed: readonly string[], field: string): InvalidField[] {
  const extra = Object.keys(body).filter((key) => !allowed.includes(key));
  return extra.map((key) => ({
    type: 'additional_property_not_allowed',
    field,
    description: `Additional property ${key} is not allowed`,
  }));
}

function notAmong(name: string, field: string, values: readonly string[]): InvalidField {
  const list = values.map((value) => `"${value}"`).join(', ');
  return { type: 'enum', field, description: `${name} must be one of the following: ${list}` };
}

function wrongType(field: string, expected: string, value: JsonValue | undefined): InvalidField {
  const given = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return { type: 'invalid_type', field, description: `Invalid type. Expected: ${expected}, given: ${given}` };
}
