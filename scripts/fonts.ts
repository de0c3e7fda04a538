/** Makes the fonts of the page: what its words need of Archivo and Martian Mono, and nothing else. */
import { writeFile } from 'node:fs/promises';
import { fontFile, fonts, makeFont } from './font-subset.ts';

for (const font of fonts) {
  const made = await makeFont(font);
  await writeFile(fontFile(font), made);
  console.log(`${font.name}: ${made.length} bytes`);
}
