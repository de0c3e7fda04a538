/**
 * A `downloadUrl` at the origin of this page. Every download is served by the server itself, also where pictures to show come
 * from a bucket, and at each of its names: so the page may read it without rights elsewhere.
 */
export function ownAddress(downloadUrl: string): string {
  const { pathname, search } = new URL(downloadUrl);
  return pathname + search;
}
