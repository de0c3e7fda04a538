/** Limits on what one request may ask for; the schema's own complexity limit is in `builder.ts`. */
import { parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';

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
