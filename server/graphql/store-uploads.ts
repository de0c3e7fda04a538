/** Lets multipart requests be read as a stream, their files to disk: Yoga's own reader holds them in memory. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { isMultipart, maxOperationBytes } from './guards.ts';
import { type BodyLimit, type MultipartLimits, readMultipartForm } from './multipart-form.ts';

/** More than an operation with as many uploads as it may have: the operation, its map and the files. */
const limits: MultipartLimits = {
  parts: 12,
  fields: 12,
  files: 10,
  fieldNameSize: 100,
  fieldSize: maxOperationBytes,
};

interface TransportContext {
  req: IncomingMessage;
  res?: ServerResponse;
  bodyLimit?: BodyLimit;
}

/** Ends at the 13th part of a body. What the form means for the operation is left to Yoga's parser. */
export function storeUploads(): Plugin<object, TransportContext> {
  return {
    onRequestParse({ request, requestParser, setRequestParser, serverContext }) {
      if (!requestParser || !isMultipart(request.headers)) return;
      setRequestParser(async () => {
        const { req, res, bodyLimit } = serverContext;
        // Multipart requests come over HTTP only.
        const form = await readMultipartForm({ request: req, response: res! }, { limits, bodyLimit });
        // All that the parser reads of the request.
        const parsed = { formData: async () => ({ get: (name: string) => form.get(name) ?? null }) };
        return requestParser(parsed as unknown as Request);
      });
    },
  };
}
