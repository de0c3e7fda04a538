/** A WebSocket that has been opened: what its operations need, and what its end frees. */
import type { IncomingMessage } from 'node:http';
import type { Admission } from '../http/request-limits.ts';
import type { BoundedSocket } from './bounded-socket.ts';

/** The headers of a handshake that operations need; a socket does not hold the others. */
const keptHeaders = [
  'host',
  'origin',
  'cookie',
  'authorization',
  'x-api-key',
  'x-forwarded-for',
  'x-forwarded-proto',
] as const;

interface Ending {
  end(): void;
}

const none: readonly Ending[] = [];

/** What a socket has. A class, because there are thousands. */
export class OpenSocket {
  readonly client: BoundedSocket;
  /** Of its handshake. */
  readonly request: IncomingMessage;
  /** Of its handshake, until that has been counted. */
  admission: Admission | undefined;
  /** Frees its place among the sockets of its address. */
  readonly releaseAddress: () => void;
  /** Frees its place among the sockets of its user. */
  releaseUser: (() => void) | undefined;
  /** Closes it where no `connection_init` comes. */
  greeting: NodeJS.Timeout | undefined;
  operations: readonly Ending[] = none;
  /** Reads a message of the protocol: JSON, or a text that is none. */
  read: ((message: unknown) => Promise<void>) | undefined;

  constructor(
    client: BoundedSocket,
    { headers, socket }: IncomingMessage,
    { admission, releaseAddress }: { admission: Admission; releaseAddress: () => void },
  ) {
    const kept = keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
    this.client = client;
    this.request = { headers: Object.fromEntries(kept), socket } as unknown as IncomingMessage;
    this.admission = admission;
    this.releaseAddress = releaseAddress;
  }

  // What graphql-ws needs of a socket.

  get protocol(): string {
    return this.client.protocol;
  }

  send(text: string): Promise<void> | undefined {
    return this.client.sendText(text);
  }

  close(code: number, reason: string): void {
    this.client.close(code, reason);
  }

  onMessage(read: (message: string) => Promise<void>): void {
    this.read = read as typeof this.read;
  }
}
