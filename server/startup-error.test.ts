import { describe, expect, it } from 'vitest';
import { describeStartupError, StartupError } from './startup-error.ts';

const place = { host: '10.0.0.1', port: 80, dataDir: '/var/lib/proofsheet' };
const failed = (fields: object) => Object.assign(new Error('failed'), fields);

describe('describeStartupError', () => {
  it.each([
    ['EADDRINUSE', /^Cannot listen on 10\.0\.0\.1:80 .*set PORT/],
    ['EACCES', /below 1024.*set PORT/],
    ['EADDRNOTAVAIL', /HOST/],
  ])('names the address and the cure of %s', (code, line) => {
    expect(describeStartupError(failed({ code, syscall: 'listen' }), place)).toMatch(line);
  });

  it.each([
    [{ code: 'EROFS' }, /\/var\/lib\/proofsheet.*read-only/],
    [{ code: 'EACCES', syscall: 'mkdir' }, /right to write/],
    [{ code: 'ENOSPC' }, /No space is left/],
    [{ code: 'ENOTDIR' }, /no folder/],
    [{ name: 'ErrnoError', errno: 51 }, /No space is left/],
  ])('names the data folder and the cure of %j', (fields, line) => {
    const described = describeStartupError(failed(fields), place);
    expect(described).toMatch(line);
    expect(described).not.toContain('\n');
  });

  it('passes the words of a start-up error on', () => {
    expect(describeStartupError(new StartupError('Do this.'), place)).toBe('Do this.');
  });

  it('leaves a bug to its stack', () => {
    expect(describeStartupError(new TypeError('x is not a function'), place)).toBeUndefined();
    expect(describeStartupError('text', place)).toBeUndefined();
  });
});
