/** What is checked of every request before it runs, whatever its transport; how much it may ask for is in `operation-limit.ts`. */
import { GraphQLError, Lexer, parse, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError, type ErrorCode } from '../errors.ts';
import type { Log } from '../lib/log.ts';
import { publicError } from './public-error.ts';

/** More than the largest useful operation has. */
const maxTokens = 2_000;
/** Few enough that neither the parser nor what walks over the document exhausts the stack. */
const maxNesting = 100;

/** Refuses documents of more than 2,000 tokens, or 100 brackets in each other, before they are parsed. */
export function limitDocument(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => {
        assertModest(source as string);
        return parse(source as string, options as object);
      });
    },
  };
}

const opening: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function assertModest(text: string): void {
  const lexer = new Lexer(new Source(text));
  for (let tokens = 0, nesting = 0; lexer.advance().kind !== TokenKind.EOF; tokens += 1) {
    const { kind } = lexer.token;
    if (opening.has(kind)) nesting += 1;
    if (closing.has(kind)) nesting -= 1;
    if (tokens >= maxTokens || nesting > maxNesting)
      throw new AppError('QUERY_TOO_COMPLEX', 'This document is too long or too deeply nested.');
  }
}

/** No operation needs more; what a WebSocket takes as a message, too. */
export const maxOperationBytes = 256 * 1024;

/** Refuses bodies of more than 256 KB, and multipart requests beyond what a file and its operation may have. */
export function limitBody({ maxUploadBytes }: { maxUploadBytes: number }): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      const isUpload = request.headers.get('content-type')?.startsWith('multipart/');
      const maxBytes = isUpload ? maxUploadBytes + 100_000 : maxOperationBytes;
      const code = isUpload ? 'UPLOAD_TOO_LARGE' : 'QUERY_TOO_COMPLEX';
      if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLong(code, maxBytes);
      // A body that does not tell its length is counted as it comes.
      if (!requestParser || !request.headers.has('transfer-encoding')) return;
      setRequestParser(async ({ url, method, headers, body }) => {
        const bytes = await readBounded(body, maxBytes);
        if (!bytes) throw tooLong(code, maxBytes);
        return requestParser(new fetchAPI.Request(url, { method, headers, body: bytes }));
      });
    },
  };
}

/** The whole body; undefined where it is longer. The rest is left unread: to cancel it would cut off the answer as well. */
async function readBounded(body: ReadableStream<Uint8Array> | null, maxBytes: number) {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

function tooLong(code: ErrorCode, maxBytes: number): GraphQLError {
  return new GraphQLError(`This request may have ${maxBytes} bytes at the most.`, {
    extensions: { code, http: { status: 413 } },
  });
}

/** A request that cannot be read is the caller's fault, whatever the parser stumbled over: 400, whatever is accepted. */
export function refuseUnreadable(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser(async (request) => {
        try {
          return await requestParser(request);
        } catch (error) {
          const isTold = error instanceof Error && error.name === 'GraphQLError';
          const { code, http } = isTold ? (error as GraphQLError).extensions : {};
          const status = (http as { status?: number } | undefined)?.status ?? 400;
          throw new GraphQLError(isTold ? error.message : 'The request could not be read.', {
            extensions: { code, http: { status } },
          });
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
