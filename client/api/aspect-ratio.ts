/** The aspect ratio that keeps the shape of the first reference image. */
export const matchInputImage = 'match_input_image';

/** Width divided by height of what an `aspectRatio` option asks for; 1 where that cannot be told. */
export function requestedRatio(
  aspectRatio: unknown,
  reference: { width: number; height: number } | undefined,
): number {
  const [, width, height] = /^(\d+):(\d+)$/.exec(String(aspectRatio)) ?? [];
  if (width && height) return Number(width) / Number(height);
  return aspectRatio === matchInputImage && reference ? reference.width / reference.height : 1;
}
