import type { SizeTable } from '../drawing/pictures.ts';

/**
 * The one image model that is served, with what the API takes for it, from the provider's guide to image generation. Its
 * preview's name and those of its forerunners are shut down.
 */
export const servedModel = {
  name: 'gemini-3-pro-image',
  displayName: 'Gemini 3 Pro Image',
  /** Pixels of each aspect ratio at 1K; 2K and 4K are twice and four times as wide. */
  sizes: {
    '1:1': [1024, 1024],
    '2:3': [848, 1264],
    '3:2': [1264, 848],
    '3:4': [896, 1200],
    '4:3': [1200, 896],
    '4:5': [928, 1152],
    '5:4': [1152, 928],
    '9:16': [768, 1376],
    '16:9': [1376, 768],
    '21:9': [1584, 672],
  } as SizeTable,
  imageSizes: ['1K', '2K', '4K'],
  defaultImageSize: '1K',
  maxImages: 14,
  maxImageBytes: 7_000_000,
};
