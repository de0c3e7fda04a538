import { expect, it } from 'vitest';
import { createMessageReader } from './statement-counter.ts';

const message = (type: string, body: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};

it('counts executed statements, however the bytes are cut', () => {
  const bytes = Buffer.concat([
    message('', 'startup E'),
    message('P', 'SELECT 1'),
    message('E', ''),
    message('Q', 'SELECT 2'),
    message('S', ''),
  ]);
  for (const size of [1, 7, bytes.length]) {
    let count = 0;
    const read = createMessageReader(() => (count += 1));
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    expect(count).toBe(2);
  }
});
