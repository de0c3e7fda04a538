import type { SizeTable } from '../drawing/pictures.ts';

export interface GeminiModel {
  name: string;
  displayName: string;
  /** Pixels of each aspect ratio at 1K; 2K and 4K are twice and four times as wide. */
  sizes: SizeTable;
  imageSizes: readonly string[];
  defaultImageSize: string;
  maxImages: number;
  maxImageBytes: number;
}

const gemini3Pro: GeminiModel = {
  name: 'gemini-3-pro-image',
  displayName: 'Gemini 3 Pro Image',
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
  },
  imageSizes: ['1K', '2K', '4K'],
  defaultImageSize: '1K',
  maxImages: 14,
  maxImageBytes: 7_000_000,
};

/**
 * The image models that are served, with what the API takes for each, from the provider's guide to image generation. The
 * names of previews and forerunners are shut down.
 */
export const servedModels: readonly GeminiModel[] = [gemini3Pro];
