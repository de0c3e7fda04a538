/** What is checked of every operation, whatever its transport; the schema's own complexity limit is in `builder.ts`. */
import { GraphQLError, parse } from 'graphql';
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

/** A request that cannot be read is the caller's fault, whatever the parser stumbled over. */
export function refuseUnreadable(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser(async (request) => {
        try {
          return await requestParser(request);
        } catch (error) {
          if ((error as Error).name === 'GraphQLError') throw error;
          throw new GraphQLError(
            'The request could not be read. See the GraphQL multipart request specification.',
            {
              extensions: { http: { status: 400 } },
            },
          );
        }
      });
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
