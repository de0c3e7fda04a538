/** A file of a multipart request. */
export interface UploadedFile {
  /** In bytes. */
  size: number;
  /** Where it lies until the response is sent; absent where it is in memory. */
  path?: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** By shape: what parses the request has a `File` class of its own. */
export function isUploadedFile(value: unknown): value is UploadedFile {
  const { size, arrayBuffer } = (value ?? {}) as Partial<UploadedFile>;
  return typeof size === 'number' && typeof arrayBuffer === 'function';
}
