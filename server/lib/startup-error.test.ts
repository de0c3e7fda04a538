import { describe, expect, it } from 'vitest';
import { describeStartupError, StartupError } from './startup-error.ts';

const settings = { host: '10.0.0.1', port: 80, dataDir: '/var/lib/proofsheet' };
const failed = (fields: object) => Object.assign(new Error('failed'), fields);

describe('describeStartupError', () => {
  it.each([
    ['EADDRINUSE', /^Cannot listen on 10\.0\.0\.1:80 .*set PORT/],
    ['EACCES', /below 1024.*set PORT/],
    ['EADDRNOTAVAIL', /HOST/],
  ])('names the address and the remedy of %s', (code, line) => {
    expect(describeStartupError(failed({ code, syscall: 'listen' }), settings)).toMatch(line);
  });

  it.each([
    [{ code: 'EROFS' }, /\/var\/lib\/proofsheet.*read-only/],
    [{ code: 'EACCES', syscall: 'mkdir' }, /right to write/],
    [{ code: 'ENOSPC' }, /No space is left/],
    [{ code: 'ENOTDIR' }, /no folder/],
    [{ name: 'ErrnoError', errno: 51 }, /No space is left/],
  ])('names the data folder and the remedy of %j', (fields, line) => {
    const described = describeStartupError(failed(fields), settings);
    expect(described).toMatch(line);
    expect(described).not.toContain('\n');
  });

  it('passes the words of a start-up error on', () => {
    expect(describeStartupError(new StartupError('Do this.'), settings)).toBe('Do this.');
  });

  it('leaves a bug to its stack', () => {
    expect(describeStartupError(new TypeError('x is not a function'), settings)).toBeUndefined();
    expect(describeStartupError('text', settings)).toBeUndefined();
  });
});
