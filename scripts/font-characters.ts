/** What is in a font file. */
import subsetFont from 'subset-font';

/** Which characters a font has glyphs for, by its `cmap` in format 4 (OpenType 1.9): those of the basic plane. */
export async function charactersOf(file: Buffer): Promise<ReadonlySet<string>> {
  const font = await subsetFont(file, '', { keepAllGlyphs: true, targetFormat: 'truetype' });
  const start = tableOffset(font, 'cmap');
  const found = new Set<string>();
  for (let index = 0; index < font.readUInt16BE(start + 2); index++) {
    const subtable = start + font.readUInt32BE(start + 4 + 8 * index + 4);
    if (font.readUInt16BE(subtable) !== 4) continue;
    const size = font.readUInt16BE(subtable + 6);
    for (let segment = 0; segment < size; segment += 2) {
      const last = font.readUInt16BE(subtable + 14 + segment);
      const first = font.readUInt16BE(subtable + 16 + size + segment);
      // The last segment ends every table and stands for no character.
      for (let code = first; code <= last && last !== 0xffff; code++) found.add(String.fromCharCode(code));
    }
  }
  return found;
}

function tableOffset(font: Buffer, tag: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const entry = 12 + 16 * index;
    if (font.toString('latin1', entry, entry + 4) === tag) return font.readUInt32BE(entry + 8);
  }
  throw new Error(`The font has no table "${tag}".`);
}
