/** Structured logs: JSON lines on standard output, without secrets. */
import { type DestinationStream, type LoggerOptions, pino } from 'pino';
import { type Log, logFields } from './log.ts';

/** Logs an error's name, message, code and stack; its other properties (requests, headers, bodies) are dropped. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { name: 'NonError', message: typeof error };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    name,
    message,
    ...(typeof code === 'string' && { code }),
    stack,
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

const secretNames = ['authorization', 'cookie', 'password', 'token', 'apiKey', 'secret'];

/** @param destination Where the lines go; standard output without one. */
export function createLogger(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    mixin: () => ({ ...logFields() }),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: describeError },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[removed]' },
  } satisfies LoggerOptions;
  return destination ? pino(options, destination) : pino(options);
}
