/** How a peer says where it serves. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export function serve(server: Server): void {
  server.listen(0, '127.0.0.1', () =>
    console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
}
