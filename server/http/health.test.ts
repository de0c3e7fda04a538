import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { type Component, createHealth } from './health.ts';

const working = async () => {};
const component = (fields: Partial<Component> = {}): Component => ({
  check: working,
  isRequired: false,
  freshMs: 0,
  ...fields,
});

function create(components: Record<string, Component>, { isDraining = false } = {}) {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const health = createHealth({ components, isDraining: () => isDraining, log });
  const ask = async () => {
    const answer = { status: 0, body: '' };
    const response = {
      writeHead: (status: number) => (answer.status = status),
      end: (body: string) => (answer.body = body),
    };
    await health.readiness({} as never, response as unknown as ServerResponse);
    const { status: state, checks } = JSON.parse(answer.body) as { status: string; checks: object };
    return { status: answer.status, state, checks };
  };
  return { log, health, ask };
}

describe('readiness', () => {
  it('holds while a component fails that this node can serve without, and names it', async () => {
    const fault = Object.assign(new Error('closed'), { code: 'ECONNREFUSED' });
    const { ask, health, log } = create({
      database: component({ isRequired: true }),
      fanOut: component({ check: () => Promise.reject(fault) }),
    });
    expect(await ask()).toMatchObject({
      status: 200,
      state: 'degraded',
      checks: { database: 'ok', fanOut: 'failing' },
    });
    expect(log.warn).toHaveBeenCalledExactlyOnceWith(
      { component: 'fanOut', error: fault },
      expect.stringContaining('serves on'),
    );
    expect(await health.states()).toEqual([
      ['database', true],
      ['fanOut', false],
    ]);
  });

  it('ends while a required component fails, and while the node stops', async () => {
    const failing = component({ isRequired: true, check: () => Promise.reject(new Error('gone')) });
    expect(await create({ database: failing }).ask()).toMatchObject({ status: 503, state: 'failing' });
    const stopping = create({ database: component({ isRequired: true }) }, { isDraining: true });
    expect(await stopping.ask()).toMatchObject({ status: 503, state: 'draining' });
  });

  it('logs a change of state once, and the return', async () => {
    let isUp = false;
    const check = async () => {
      if (!isUp) throw new Error('away');
    };
    const { ask, log } = create({ storage: component({ check }) });
    await ask();
    await ask();
    expect(log.warn).toHaveBeenCalledTimes(1);
    isUp = true;
    expect(await ask()).toMatchObject({ state: 'ok' });
    expect(log.info).toHaveBeenCalledExactlyOnceWith({ component: 'storage' }, 'component works again');
  });

  it('checks a component once within its time, however often it is asked', async () => {
    const check = vi.fn(working);
    const { ask } = create({ storage: component({ check, freshMs: 60_000 }) });
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    expect(check).toHaveBeenCalledTimes(1);
  });
});
