import { describe, expect, it } from 'vitest';
import { attachmentNamed } from './content-disposition.ts';

describe('the header of a download', () => {
  it('names a plain file plainly', () => {
    expect(attachmentNamed('proof-1.png')).toBe(
      `attachment; filename="proof-1.png"; filename*=UTF-8''proof-1.png`,
    );
  });

  it('encodes quotes, percent signs and other scripts', () => {
    expect(attachmentNamed(`"100%" it's 猫 (1)*.png`)).toBe(
      `attachment; filename="_100__ it's _ (1)*.png"; filename*=UTF-8''%22100%25%22%20it%27s%20%E7%8C%AB%20%281%29%2A.png`,
    );
  });

  it('lets no name add a header, a folder or half a character', () => {
    expect(attachmentNamed('a\r\nSet-Cookie: b/..\\c\u0000\ud800.png')).toBe(
      `attachment; filename="a__Set-Cookie: b_.._c__.png"; filename*=UTF-8''a__Set-Cookie%3A%20b_.._c_%EF%BF%BD.png`,
    );
  });

  it('cuts a long name between characters', () => {
    const header = attachmentNamed('😀'.repeat(400));
    expect(header.endsWith(`UTF-8''${encodeURIComponent('😀'.repeat(150))}`)).toBe(true);
  });
});
