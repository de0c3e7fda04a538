import { expect, it } from 'vitest';
import { fileWords } from './file-words.ts';

it.each([
  ['A red kite over dunes', 'a-red-kite-over-dunes'],
  ['Fox / "hen": 50% *', 'fox-hen-50'],
  ['Ein großer Käfer', 'ein-großer-käfer'],
  ['Ka\u0308fer', 'käfer'],
  ['灯台と海', '灯台と海'],
  ['हिन्दी भाषा', 'हिन्दी-भाषा'],
  ['../../etc/passwd', 'etc-passwd'],
  ['🎈!', ''],
  ['word '.repeat(20), 'word-word-word-word-word-word-word-word'],
  ['x'.repeat(60), 'x'.repeat(40)],
])('%s', (text, name) => expect(fileWords(text)).toBe(name));
