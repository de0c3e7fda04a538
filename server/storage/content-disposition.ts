const maxNameLength = 150;

/**
 * The `Content-Disposition` that saves an answer under this file name (RFC 6266): a plain ASCII one for old readers, and
 * the real one in the encoding of RFC 8187. Control characters and slashes become `_`; long names are cut.
 */
export function attachmentNamed(name: string): string {
  const safe = [...name.toWellFormed().replace(/[\p{Cc}/\\]/gu, '_')].slice(0, maxNameLength).join('');
  const ascii = safe.replace(/[^ -~]|["%]/gu, '_');
  const encoded = encodeURIComponent(safe).replace(/['()*]/g, percentEncode);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
