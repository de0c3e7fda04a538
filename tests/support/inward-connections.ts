/**
 * Runs in a network namespace of its own, in which this machine owns every address: listens at all of them, imports the
 * inward addresses, and prints which addresses were connected to.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { publicAddresses, publicAnswer } from './inward-addresses.ts';
import { importInwardAddresses } from './inward-imports.ts';

export interface InwardConnections {
  /** Connected to without the guard, which shows that connections are seen. */
  control: string[];
  /** Connected to by the imports. */
  reached: string[];
  outcomes: Record<string, string[]>;
}

const ports = [22, 80, 443, 6379, 8080, 8443];
let reached: string[] = [];
for (const port of ports) {
  const server = createServer((request, response) => {
    const { status, location = '' } = publicAnswer(new URL(request.url!, 'http://public.example'));
    response.writeHead(status, { location: Buffer.from(location).toString('latin1') }).end();
  });
  server.on('connection', ({ localAddress = '' }) => {
    reached.push(`${localAddress.replace('::ffff:', '')} ${port}`);
  });
  server.listen(port);
  await once(server, 'listening');
}

const privateAddresses = [
  '127.0.0.1',
  '::1',
  '10.0.0.1',
  '169.254.169.254',
  'fd00:ec2::254',
  '64:ff9b::a00:1',
];
for (const address of [...publicAddresses, ...privateAddresses])
  for (const port of ports) {
    const socket = connect(port, address);
    await once(socket, 'connect');
    socket.destroy();
  }
const control = reached;
reached = [];
const outcomes = await importInwardAddresses();
process.stdout.write(JSON.stringify({ control, reached, outcomes } satisfies InwardConnections));
process.exit();
