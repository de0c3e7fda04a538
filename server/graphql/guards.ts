/** What is checked of every operation, whatever its transport; the schema's own complexity limit is in `builder.ts`. */
import { parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Log } from '../lib/log.ts';
import { publicError } from './public-error.ts';

/** More than the largest useful operation has, and few enough that a nested one cannot exhaust the stack. */
const maxTokens = 2_000;

/** Refuses documents of more than 2,000 tokens before they are parsed to the end. */
export function limitTokens(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source as string, { ...(options as object), maxTokens }));
    },
  };
}

/** Gives validation errors their code; the transport would give them one of its own. */
export function codeValidationErrors(log: Log): Plugin {
  return {
    onValidate() {
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error) => publicError(error, log)));
      };
    },
  };
}
