import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDnsResolver } from './dns-resolver.ts';

const records: Record<string, Record<number, number[]>> = {
  'both.example': { 1: [93, 184, 215, 14], 28: [0x26, 6, 0x47, 0, ...Array<number>(11).fill(0), 1] },
  'one.example': { 1: [10, 0, 0, 1] },
};
const server = createSocket('udp4');

/** Answers a query (RFC 1035, section 4) with the record of its name and type, or with NXDOMAIN. */
server.on('message', (query, { address, port }) => {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  const known = records[labels.join('.')];
  const data = known?.[type];
  const header = Buffer.from([
    query[0]!,
    query[1]!,
    0x81,
    known ? 0x80 : 0x83,
    0,
    1,
    0,
    data ? 1 : 0,
    0,
    0,
    0,
    0,
  ]);
  const record = data ? [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data] : [];
  server.send(Buffer.concat([header, query.subarray(12, at + 5), Buffer.from(record)]), port, address);
});

let resolve: ReturnType<typeof createDnsResolver>;
beforeAll(async () => {
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  resolve = createDnsResolver([`127.0.0.1:${server.address().port}`]);
});
afterAll(() => void server.close());

it('finds the addresses of both families', async () => {
  expect(await resolve('both.example')).toEqual(['93.184.215.14', '2606:4700::1']);
  expect(await resolve('one.example.')).toEqual(['10.0.0.1']);
});

it('fails where there are none', async () => {
  await expect(resolve('none.example')).rejects.toMatchObject({ code: 'ENOTFOUND', syscall: 'queryA' });
});
