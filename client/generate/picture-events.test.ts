import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenForPictures } from './picture-events.ts';

const onFiles = vi.fn();
let stop = () => {};

beforeEach(() => {
  document.body.innerHTML =
    '<textarea></textarea><input type="email"><input type="checkbox"><main contenteditable></main><p></p>';
  stop = listenForPictures({ onFiles, onImage: vi.fn(), onDragging: vi.fn() });
});
afterEach(() => {
  stop();
  onFiles.mockClear();
});

const picture = new File(['x'], 'cells.png', { type: 'image/png' });

/** Whether the page took it from the browser; jsdom has neither clipboard nor drags. */
function hand(selector: string, kind: 'paste' | 'dragover' | 'drop', types: string[]): boolean {
  const data = { types, files: types.includes('Files') ? [picture] : [], getData: () => '' };
  const event = new Event(kind, { bubbles: true, cancelable: true });
  Object.assign(event, kind === 'paste' ? { clipboardData: data } : { dataTransfer: data });
  return !document.querySelector(selector)?.dispatchEvent(event);
}

/** Cells of a spreadsheet, or a paragraph: the text, the same with its look, and a picture of it. */
const office = ['text/plain', 'text/html', 'Files'];
const fields = ['textarea', 'input[type=email]', 'main'];

describe('text with a picture of it', () => {
  it.each(fields)('is left to %s', (field) => {
    expect(hand(field, 'paste', office)).toBe(false);
    expect(hand(field, 'dragover', office)).toBe(false);
    expect(hand(field, 'drop', office)).toBe(false);
    expect(onFiles).not.toHaveBeenCalled();
  });

  it('is a picture where no text is written', () => {
    for (const place of ['p', 'input[type=checkbox]']) expect(hand(place, 'paste', office)).toBe(true);
    expect(hand('p', 'drop', office)).toBe(true);
    expect(onFiles.mock.calls).toEqual([[[picture]], [[picture]], [[picture]]]);
  });
});

describe('a picture alone', () => {
  it('is taken from a text field, too, which has no use for it', () => {
    // As copied from a web page.
    expect(hand('textarea', 'paste', ['text/html', 'Files'])).toBe(true);
    expect(hand('textarea', 'drop', ['Files'])).toBe(true);
    expect(onFiles).toHaveBeenCalledTimes(2);
  });
});

it('leaves text alone wherever it is pasted', () => {
  for (const place of ['textarea', 'p']) expect(hand(place, 'paste', ['text/plain'])).toBe(false);
});
