import { describe, expect, it } from 'vitest';
import { createStatementNames } from './postgres.ts';

describe('createStatementNames', () => {
  it('gives one text one name, and no two texts the same', () => {
    const nameOf = createStatementNames();
    const names = ['SELECT 1', 'SELECT 2', 'SELECT 1'].map((sql) => nameOf({ sql }));
    expect(names[0]).toBe(names[2]);
    expect(names[0]).not.toBe(names[1]);
  });

  it('names no more texts than the limit, and keeps the names it has given', () => {
    const nameOf = createStatementNames(1);
    const first = nameOf({ sql: 'SELECT 1' });
    expect(first).not.toBe('');
    expect(nameOf({ sql: 'SELECT 2' })).toBe('');
    expect(nameOf({ sql: 'SELECT 1' })).toBe(first);
  });
});
