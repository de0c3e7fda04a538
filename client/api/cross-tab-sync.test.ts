import { describe, expect, it, onTestFinished } from 'vitest';
import { cache } from './cache.ts';
import { createApi } from './client.ts';
import { createCrossTabSync, type CrossTabSync, type TabMessage } from './cross-tab-sync.ts';
import { forgetTask } from './forget-task.ts';
import { graphql } from './generated/gql.ts';
import { createScriptedServer } from '../testing/scripted-server.ts';

const Cancel = graphql(`
  mutation CancelTask($id: ID!) {
    cancelTask(id: $id) {
      task {
        ...TaskFields
      }
      viewer {
        id
        credits
      }
    }
  }
`);
const Delete = 'mutation DeleteTask($id: ID!) { deleteTask(id: $id) { deletedId } }';

function recorder() {
  const sent: TabMessage[] = [];
  const tabs: CrossTabSync = {
    broadcast: (message) => void sent.push(message),
    onMessage: () => () => {},
    close: () => {},
  };
  return { sent, tabs };
}

function start() {
  const { sent, tabs } = recorder();
  const server = createScriptedServer();
  const api = createApi({ url: 'http://localhost/graphql', cache, fetch: server.fetch, tabs });
  onTestFinished(api.dispose);
  return { sent, server, client: api.client };
}

describe('several tabs', () => {
  it('receive messages of each other, and not their own', async () => {
    const name = crypto.randomUUID();
    const [one, other] = [createCrossTabSync(name), createCrossTabSync(name)];
    onTestFinished(() => {
      one.close();
      other.close();
    });
    const received = new Promise<TabMessage>((resolve) => other.onMessage(resolve));
    let echoes = 0;
    one.onMessage(() => echoes++);
    one.broadcast({ kind: 'deleted', id: 'a' });
    expect(await received).toEqual({ kind: 'deleted', id: 'a' });
    expect(echoes).toBe(0);
  });

  it('receive changes at the server, and nothing that was refused', async () => {
    const { sent, server, client } = start();
    void client.mutation(Delete, { id: 'a' }).toPromise();
    await (await server.next('DeleteTask')).answer({ deleteTask: { __typename: 'P', deletedId: 'a' } });
    void client.mutation(Cancel, { id: 'b' }).toPromise();
    await (await server.next('CancelTask')).refuse('NOT_FOUND');
    expect(sent).toEqual([{ kind: 'deleted', id: 'a' }]);
  });

  it('learn of each of several deleted tasks', async () => {
    const { sent, server, client } = start();
    const text =
      'mutation Many { deleteTask0: deleteTask(id: "a") { deletedId } deleteTask1: deleteTask(id: "b") { deletedId } }';
    void client.mutation(text, {}).toPromise();
    await (
      await server.next('Many')
    ).answer({
      deleteTask0: { __typename: 'P', deletedId: 'a' },
      deleteTask1: { __typename: 'P', deletedId: 'b' },
    });
    expect(sent).toEqual([
      { kind: 'deleted', id: 'a' },
      { kind: 'deleted', id: 'b' },
    ]);
  });

  it('are not told again what one of them has broadcast', async () => {
    const { sent, client } = start();
    await forgetTask(client, 'a');
    expect(sent).toEqual([]);
  });
});
