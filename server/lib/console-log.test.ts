import { afterEach, expect, it, vi } from 'vitest';
import { logConsole } from './console-log.ts';

let restore = () => {};
afterEach(() => restore());

it('turns what libraries write into lines of the log, without colours and without objects', () => {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  restore = logConsole(log);
  const cause = new RangeError('Max payload size exceeded');
  const target = globalThis.console;
  target.error('Internal error on a socket.', cause);
  target.warn('\u001b[33mWARN\u001b[0m [Better Auth]: %s', 'unsafe', { authorization: 'Bearer secret' });
  expect(log.error).toHaveBeenCalledExactlyOnceWith(
    { component: 'library', error: cause },
    'Internal error on a socket.',
  );
  expect(log.warn).toHaveBeenCalledExactlyOnceWith({ component: 'library' }, 'WARN [Better Auth]: unsafe');
});
