/** Where an import could connect to anything, it connects to public addresses alone. */
import { expect, it } from 'vitest';
import { inwardAddresses, publicAddresses } from '../../tests/support/inward-addresses.ts';
import type { InwardConnections } from '../../tests/support/inward-connections.ts';
import { runInNetworkNamespace } from '../../tests/support/network-namespace.ts';

it('opens no connection to an address that is not public', async () => {
  const script = new URL('../../tests/support/inward-connections.ts', import.meta.url);
  const { control, reached, outcomes } = JSON.parse(await runInNetworkNamespace(script)) as InwardConnections;
  expect(control).toEqual(
    expect.arrayContaining(['10.0.0.1 80', '169.254.169.254 80', '::1 443', '127.0.0.1 6379']),
  );
  expect(new Set(reached)).toEqual(new Set(publicAddresses.map((address) => `${address} 80`)));
  expect(Object.keys(outcomes)).toEqual(
    Object.keys(outcomes).filter((outcome) => outcome.startsWith('INVALID_INPUT url: ')),
  );
  expect(Object.values(outcomes).flat()).toHaveLength(inwardAddresses.length);
});
