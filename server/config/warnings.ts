/** What is set and has no effect. */
import { editDistance } from '../lib/edit-distance.ts';
import { providerNames } from '../models/catalogue.ts';
import { variables } from './variables.ts';

const prefixes = new RegExp(`^(${providerNames.join('|').toUpperCase()}|S3|SANDBOX)_`);

/** Names that are close to a variable of ours, or begin like several, without being one. */
export function misspelt(names: string[]): string[] {
  const known = Object.keys(variables);
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((each) => each.length >= 6 && editDistance(name, each) <= 2);
    if (meant) return [`${name} is set, but not read. Did you mean ${meant}?`];
    return prefixes.test(name) ? [`${name} is set, but not read.`] : [];
  });
}

/** Parameters of a database address that the driver (node-postgres) acts on, and `schema`, which is ours. */
const databaseParameters = new Set([
  'application_name',
  'client_encoding',
  'host',
  'options',
  'port',
  'schema',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'uselibpqcompat',
]);

export function unreadParameters(url: string | undefined): string[] {
  const names = url === undefined ? [] : [...new URL(url).searchParams.keys()];
  return names
    .filter((name) => !databaseParameters.has(name))
    .map((name) => `The parameter ${name} of DATABASE_URL has no effect. Remove it.`);
}

export function unsupportedProtocol(protocol: string | undefined): string[] {
  if (protocol === undefined || protocol === 'http/json') return [];
  return [`OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}, but traces are sent by http/json.`];
}
