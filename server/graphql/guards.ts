/** Checks every request before it runs, on every transport. The limits of its cost are in `operation-limits.ts`. */
import {
  type ExecutionArgs,
  GraphQLError,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  Source,
  TokenKind,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { BodyLimit } from './multipart-form.ts';
import { AppError, type ErrorCode } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { fewOf, publicError } from './public-error.ts';

/** More than the largest useful operation has. */
const maxTokens = 2_000;
/** Few enough that neither the parser nor a visitor of the document exhausts the stack. */
const maxNesting = 100;

/** Refuses documents of more than 2,000 tokens, or 100 nested brackets, before they are parsed. */
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

/** No operation needs more; also the largest message of a WebSocket. */
export const maxOperationBytes = 256 * 1024;
/** For a request without a session. */
export const maxUnknownBytes = 64 * 1024;
/** For the file's name, type and boundaries, and for the operation in the same body. */
const maxUploadOverheadBytes = 100_000;

/**
 * Refuses bodies of more than 256 KB, or 64 KB without a session, and multipart requests larger than a file and its
 * operation may be.
 */
export function limitBody(
  maxUploadBytes: number,
  viewerOf: (headers: Headers) => unknown,
): Plugin<object, { bodyLimit?: BodyLimit }> {
  return {
    async onRequestParse({ request, requestParser, setRequestParser, serverContext, fetchAPI }) {
      const isUpload = isMultipart(request.headers);
      const isChunked = request.headers.has('transfer-encoding');
      const length = Number(request.headers.get('content-length') ?? 0);
      const most = isUpload ? maxUploadBytes + maxUploadOverheadBytes : maxOperationBytes;
      const code = isUpload ? 'UPLOAD_TOO_LARGE' : 'QUERY_TOO_COMPLEX';
      const tooLong = () =>
        refuse(
          code,
          `This request may have ${most} bytes at the most.`,
          413,
          isUpload && { maxBytes: maxUploadBytes },
        );
      if (length > most) throw tooLong();
      const isKnown = (length <= maxUnknownBytes && !isChunked) || (await viewerOf(request.headers)) !== null;
      const maxBytes = isKnown ? most : maxUnknownBytes;
      const refusal = () =>
        isKnown
          ? tooLong()
          : refuse(
              'UNAUTHENTICATED',
              `Sign in first: without a session a request may have ${maxUnknownBytes} bytes at the most.`,
              401,
            );
      if (length > maxBytes) throw refusal();
      // A body without a Content-Length is counted as it arrives.
      if (!requestParser || !isChunked) return;
      if (isUpload) {
        serverContext.bodyLimit = { maxBytes, refusal };
        return;
      }
      setRequestParser(async ({ url, method, headers, body }) => {
        const bytes = await readBounded(body, maxBytes);
        if (!bytes) throw refusal();
        return requestParser(new fetchAPI.Request(url, { method, headers, body: bytes }));
      });
    },
  };
}

/** The whole body; undefined where it is longer. The rest is left unread, because a cancel would also cut off the response. */
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

export function isMultipart(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('multipart/') ?? false;
}

/** A refusal of a whole request, with its HTTP status; `maxBytes` as in `AppError`. */
export function refuse(
  code: ErrorCode,
  message: string,
  status: number,
  figures: false | { maxBytes: number } = false,
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...figures, http: { status } } });
}

const utf8 = /^"?(utf-?8|us-ascii)"?$/i;

/** Takes a byte order mark for what it is, and refuses encodings other than UTF-8, the only one JSON may have (RFC 8259, 8.1). */
export function decodeBody(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      const contentType = request.headers.get('content-type') ?? '';
      const charset = /;\s*charset\s*=\s*([^;\s]+)/i.exec(contentType)?.[1];
      if (charset !== undefined && !utf8.test(charset))
        throw refuse('UNSUPPORTED_MEDIA_TYPE', 'The body has to be encoded in UTF-8.', 415);
      if (!requestParser || !/^application\/([\w-]+\+)?json\b/i.test(contentType)) return;
      setRequestParser(async (request) => {
        const text = await request.text();
        if (!text.startsWith('\uFEFF')) return requestParser(request);
        const { url, method, headers } = request;
        return requestParser(new fetchAPI.Request(url, { method, headers, body: text.slice(1) }));
      });
    },
  };
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
          const isGraphQLError = error instanceof Error && error.name === 'GraphQLError';
          const { code, http } = isGraphQLError ? (error as GraphQLError).extensions : {};
          const status = (http as { status?: number } | undefined)?.status ?? 400;
          throw new GraphQLError(isGraphQLError ? error.message : 'The request could not be read.', {
            extensions: { code, http: { status } },
          });
        }
      });
    },
  };
}

/** Refuses questions about the schema, and suggests none of its names in errors. */
export function hideSchema(): Plugin {
  const hideSuggestions = true;
  const hideInVariables = ({ args }: { args: ExecutionArgs }) =>
    void Object.assign(args, { hideSuggestions });
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema, document, rules) => validate(schema, document, rules, { hideSuggestions }));
    },
    onExecute: hideInVariables,
    onSubscribe: hideInVariables,
  };
}

/** Adds a code to the errors of documents and variables, and reports only the first few: graphql lists up to 100. */
export function reportRequestErrors(log: Log): Plugin {
  // Before the execution there are no data and no paths.
  const isFaulty = (result: object): result is { errors: readonly Error[] } =>
    'errors' in result && Array.isArray(result.errors) && !('data' in result);
  const shorten = ({ result, setResult }: { result: object; setResult: (result: never) => void }) => {
    if (isFaulty(result)) setResult({ ...result, errors: fewOf(result.errors) } as never);
  };
  return {
    onValidate() {
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(fewOf(result).map((error) => publicError(error, log)));
      };
    },
    onExecute: () => ({ onExecuteDone: shorten }),
    onSubscribe: () => ({ onSubscribeResult: shorten }),
  };
}
