/** The limit of live updates: `ws` alone. It understands no GraphQL, and sends one frame for an event. */
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { onEvent, stateOf, type TaskEvent } from './task-events.ts';
import { serve } from './serve.ts';

function frameOf({ id, version, status, prompt, costCredits }: TaskEvent): string {
  const taskUpdated = { id, version, status, prompt, costCredits };
  return JSON.stringify({ id: '1', type: 'next', payload: { data: { taskUpdated } } });
}

const server = createServer();
const topics = new Map<string, Set<WebSocket>>();

new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (text) => {
    const { type, payload } = JSON.parse(String(text)) as {
      type: string;
      payload: { variables: { id: string } };
    };
    if (type === 'connection_init') return socket.send('{"type":"connection_ack"}');
    if (type !== 'subscribe') return;
    const { id } = payload.variables;
    if (!topics.has(id)) {
      const sockets = new Set<WebSocket>();
      topics.set(id, sockets);
      onEvent(id, (task) => {
        const frame = frameOf(task);
        for (const each of sockets) each.send(frame);
      });
    }
    topics.get(id)!.add(socket);
    socket.on('close', () => topics.get(id)?.delete(socket));
    socket.send(frameOf(stateOf(id)));
  });
});
serve(server);
