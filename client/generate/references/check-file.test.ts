import { describe, expect, it, vi } from 'vitest';
import { maxUploadBytes } from './references.ts';
import { checkFile, pictureTypeOf } from './check-file.ts';

const signatures = {
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  'image/jpeg': [0xff, 0xd8, 0xff, 0xe0],
  'image/webp': [0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50],
} as const;

const decode = async () => ({ width: 30, height: 20 });
const png = (bytes: number[] = []) =>
  new File([new Uint8Array([...signatures['image/png'], ...bytes])], 'a.png');

describe('pictureTypeOf', () => {
  it.each(Object.entries(signatures))('knows %s by its first bytes', (type, bytes) => {
    expect(pictureTypeOf(new Uint8Array(bytes))).toBe(type);
  });

  it.each([
    ['a GIF', [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]],
    ['an AVI, a RIFF file as WebP is', [0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x41, 0x56, 0x49, 0x20]],
    ['the beginning of a PNG', [0x89, 0x50, 0x4e]],
    ['nothing', []],
  ])('does not take %s', (_what, bytes) => {
    expect(pictureTypeOf(new Uint8Array(bytes))).toBeUndefined();
  });
});

describe('checkFile', () => {
  it('takes a picture, with its size', async () => {
    expect(await checkFile(png(), decode)).toEqual({ type: 'image/png', size: { width: 30, height: 20 } });
  });

  it('refuses a file over the limit without opening it, and takes one at the limit', async () => {
    const opened = vi.fn(decode);
    const big = new File([png(), new Uint8Array(maxUploadBytes - 7)], 'a.png');
    expect(await checkFile(big, opened)).toEqual({ fault: 'tooBig', canShrink: true });
    expect(opened).not.toHaveBeenCalled();
    const full = new File([png(), new Uint8Array(maxUploadBytes - 8)], 'a.png');
    expect(await checkFile(full, opened)).toMatchObject({ type: 'image/png' });
  });

  it('goes by the bytes, not by the name or the declared type', async () => {
    const file = new File(['%PDF-1.4'], 'a.png', { type: 'image/png' });
    expect(await checkFile(file, decode)).toEqual({ fault: 'wrongType', canShrink: false });
  });

  it('names what can be made smaller: too many pixels, and HEIC', async () => {
    const huge = async () => ({ width: 9000, height: 9000 });
    expect(await checkFile(png(), huge)).toEqual({ fault: 'tooManyPixels', canShrink: true });
    const heic = new File([new Uint8Array([0, 0, 0, 24]), 'ftypheic'], 'a.heic');
    expect(await checkFile(heic, decode)).toEqual({ fault: 'wrongType', canShrink: true });
    const avif = new File([new Uint8Array([0, 0, 0, 24]), 'ftypavif'], 'a.avif');
    expect(await checkFile(avif, decode)).toMatchObject({ type: 'image/avif' });
  });

  it('refuses a picture that does not open', async () => {
    const broken = async () => {
      throw new Error('damaged');
    };
    expect(await checkFile(png(), broken)).toEqual({ fault: 'unreadable', canShrink: false });
  });
});
