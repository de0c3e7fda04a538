import { describe, expect, it } from 'vitest';
import type { SharedPage } from './lookup.ts';
import { renderMissingPage, renderPage } from './page.ts';

const image = (position: number, width: number, height: number) => ({
  position,
  width,
  height,
  storageKey: `images/${position}.png`,
  thumbnailKey: `thumbnails/${position}.webp`,
  contentType: 'image/png',
});
const render = (changes: Partial<SharedPage> = {}, language: 'en' | 'de' = 'en') =>
  renderPage(
    {
      token: 'token',
      model: 'forge/lumen',
      provider: 'forge',
      prompt: 'A lighthouse',
      madeAt: new Date('2026-03-01T23:30:00Z'),
      images: [image(0, 1600, 900)],
      ...changes,
    },
    {
      origin: 'https://proofs.example',
      language,
      stylesheet: '/assets/a.css',
      model: 'Lumen "XL"',
      isSandbox: false,
    },
  );

describe('the page of a share link', () => {
  it.each([
    '<script>x</script>',
    `"><img src=x onerror=alert(1)>`,
    `' onmouseover='x`,
    '</title><i>',
    '&lt;b&gt;',
  ])('escapes %j wherever it stands', (prompt) => {
    const page = render({ prompt });
    expect(page).not.toContain(prompt);
    const decoded = new Map(
      Object.entries({ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }),
    );
    const heading = /<h1[^>]*>(.*)<\/h1>/.exec(page)![1]!;
    expect(heading.replace(/&[^;]+;/g, (entity) => decoded.get(entity)!)).toBe(prompt);
    // Neither a tag nor an attribute more than without it.
    const shape = (text: string) => text.replace(/"[^"]*"/g, '""').replace(/>[^<]*</g, '><');
    expect(shape(page)).toBe(shape(render()));
  });

  it('shows each image at its ratio, with its place and a preview for small screens', () => {
    const page = render({ images: [image(0, 1600, 900), image(2, 300, 200)] });
    expect(page).toContain('srcset="/s/token/0/preview 400w, /s/token/0 1600w"');
    expect(page).toContain('srcset="/s/token/2/preview 300w, /s/token/2 300w"');
    expect(page).toContain('width="1600" height="900" alt="Image 1 of 2: A lighthouse"');
    expect(page).toContain('width="300" height="200" alt="Image 2 of 2: A lighthouse"');
  });

  it('puts a long prompt below the images, and shortens it where services show it', () => {
    const prompt = `${'😀'.repeat(80)}\n${'word '.repeat(400)}`;
    const page = render({ prompt });
    expect(page.indexOf('<h1')).toBeGreaterThan(page.indexOf('<img'));
    expect(page).toContain(`<meta property="og:title" content="${'😀'.repeat(69)}…" />`);
    expect(page).toContain(`<title>${'😀'.repeat(69)}… – Proofsheet</title>`);
    const short = render();
    expect(short.indexOf('<h1')).toBeLessThan(short.indexOf('<img'));
  });

  it('is in the language of its reader', () => {
    expect(render()).toContain(
      'Lumen &quot;XL&quot; · <time datetime="2026-03-01T23:30:00.000Z">March 1, 2026</time>',
    );
    const german = render({ prompt: null }, 'de');
    expect(german).toContain('<html lang="de">');
    expect(german).toContain('>1. März 2026</time>');
    expect(german).toContain('Ein Bild von Lumen &quot;XL&quot;');
    expect(renderMissingPage({ language: 'de', stylesheet: undefined })).toContain(
      'Unter dieser Adresse gibt es nichts',
    );
  });
});
