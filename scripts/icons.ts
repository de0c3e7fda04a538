/** Makes the icons of the installed page from `favicon.svg`: `node scripts/icons.ts`. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';

const folder = path.join(import.meta.dirname, '../client/public');

interface IconFile {
  name: string;
  pixels: number;
  /** Whether the system cuts its shape out: the ground then fills the square, and the sign stays off its edges. */
  isCut: boolean;
}

export const icons: readonly IconFile[] = [
  { name: 'icon-192.png', pixels: 192, isCut: false },
  { name: 'icon-512.png', pixels: 512, isCut: false },
  { name: 'maskable-512.png', pixels: 512, isCut: true },
  { name: 'apple-touch-icon.png', pixels: 180, isCut: true },
];

/** The share of the square on each side that a cut icon adds to the ground. */
const marginShare = 0.08;

export const iconPath = ({ name }: IconFile): string => path.join(folder, 'icons', name);

export async function makeIcon({ pixels, isCut }: IconFile): Promise<Sharp> {
  const drawing = await readFile(path.join(folder, 'favicon.svg'), 'utf8');
  const ground = /<rect[^>]*fill="(#\w+)"/.exec(drawing)?.[1];
  if (ground === undefined) throw new Error('favicon.svg has no ground.');
  const margin = isCut ? Math.round(pixels * marginShare) : 0;
  // Square corners, where the ground goes on beyond them.
  const svg = Buffer.from(isCut ? drawing.replace(/ rx="\d+"/, '') : drawing);
  const drawn = sharp(svg, { density: 72 * 64 }).resize(pixels - 2 * margin);
  const [top, bottom, left, right] = [margin, margin, margin, margin];
  return drawn.extend({ top, bottom, left, right, background: ground }).png({ palette: true });
}

if (import.meta.main) {
  await mkdir(path.join(folder, 'icons'), { recursive: true });
  for (const icon of icons) await (await makeIcon(icon)).toFile(iconPath(icon));
}
