import { describe, expect, it } from 'vitest';
import { readDraggedImage, hasDraggedImage, setDraggedImage } from './drag-image.ts';

function drag(data: Record<string, string> = {}) {
  const dataTransfer = {
    get types() {
      return Object.keys(data);
    },
    setData: (type: string, text: string) => (data[type] = text),
    getData: (type: string) => data[type] ?? '',
    effectAllowed: 'all',
  };
  return { dataTransfer } as unknown as DragEvent;
}

describe('an image that is dragged', () => {
  it('arrives as it set out, without what the form does not need', () => {
    const event = drag();
    const image = { id: 'image-1', thumbnailUrl: '/1', width: 30, height: 20 };
    setDraggedImage(event, { image: { ...image, url: '/secret' } as typeof image, name: 'Frame 3A' });
    expect(hasDraggedImage(event)).toBe(true);
    expect(readDraggedImage(event)).toEqual({ image, name: 'Frame 3A' });
  });

  it.each([
    ['nothing', {}],
    ['a text', { 'text/plain': 'hello' }],
    ['what is no JSON', { 'application/x-proofsheet-image': '{' }],
    ['what is no image', { 'application/x-proofsheet-image': '{"image":{"id":5},"name":"x"}' }],
    ['nothing in JSON', { 'application/x-proofsheet-image': 'null' }],
  ])('is not taken for one where it is %s', (_what, data) => {
    expect(readDraggedImage(drag(data))).toBeUndefined();
  });
});
