import { fireEvent, render, screen, within } from '@solidjs/testing-library';
import { beforeAll, describe, expect, it } from 'vitest';
import { installBrowserParts, press, submitForm } from '../testing/browser.ts';
import { createScriptedApi } from '../testing/scripted-server.ts';
import { entity } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createWebhookEndpoints, DisabledEndpoints, Webhooks } from './webhooks.tsx';

const delivery = (further: object) =>
  entity('WebhookDelivery', {
    id: 'delivery-1',
    event: 'TASK_COMPLETED',
    status: 'DELIVERED',
    attempts: 1,
    responseStatus: 204,
    createdAt: '2026-03-01T12:00:00.000Z',
    nextAttemptAt: null,
    ...further,
  });
const endpoint = (further: object, ...nodes: object[]) =>
  entity('WebhookEndpoint', {
    id: 'endpoint-1',
    url: 'https://app.example/hook',
    events: ['TASK_COMPLETED'],
    enabled: true,
    disabledReason: null,
    droppedDeliveries: 0,
    createdAt: '2026-03-01T12:00:00.000Z',
    deliveries: { __typename: 'WebhookDeliveryConnection', nodes },
    ...further,
  });
const listOf = (...webhookEndpoints: object[]) => ({
  viewer: entity('Viewer', { id: 'viewer-1', webhookEndpoints }),
});

async function open(...endpoints: object[]) {
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  render(() => {
    const list = createWebhookEndpoints(client, () => 'viewer-1');
    return (
      <>
        <DisabledEndpoints endpoints={list} />
        <Webhooks client={client} endpoints={list} toasts={toasts} />
      </>
    );
  });
  const load = async (...loaded: object[]) =>
    (await server.next('WebhookEndpoints')).answer(listOf(...loaded));
  await load(...endpoints);
  return { server, toasts, load };
}

describe('the webhooks', () => {
  beforeAll(installBrowserParts);

  it('show how many deliveries were dropped, where any were', async () => {
    await open(
      endpoint({ droppedDeliveries: 1_200 }),
      endpoint({ id: 'endpoint-2', url: 'https://other.example/hook' }),
    );
    expect(screen.getAllByText('Dropped')).toHaveLength(1);
    expect(screen.getByText('1,200 events, as too many waited to be delivered')).toBeTruthy();
  });

  it('are added with their events; the secret is shown until it is dismissed', async () => {
    const { server, load } = await open();
    press('Add a webhook');
    fireEvent.input(screen.getByLabelText('Address'), { target: { value: 'http://inside' } });
    fireEvent.click(screen.getByLabelText('Each change of a request'));
    submitForm();
    const request = await server.next('CreateWebhookEndpoint');
    expect(request.variables).toEqual({
      input: { url: 'http://inside', events: ['TASK_UPDATED', 'TASK_COMPLETED'] },
    });
    await request.refuse('INVALID_INPUT', { field: 'input.url' });
    expect(document.activeElement).toBe(screen.getByLabelText('Address'));
    expect(screen.getByText(/^This takes a public https address/)).toBeTruthy();
    submitForm();
    const payload = { __typename: 'CreateWebhookEndpointPayload', secret: 'whsec_secret' };
    await (await server.next('CreateWebhookEndpoint')).answer({ createWebhookEndpoint: payload });
    await load(endpoint({}));
    expect(screen.getByText('whsec_secret')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'https://app.example/hook' })).toBeTruthy();
    press('I have it, hide it');
    expect(document.body.textContent).not.toContain('whsec_secret');
  });

  it('say at the top why the server switched one off, and can be switched on again', async () => {
    const reason = 'Every delivery has failed for 3 days.';
    const { server, toasts, load } = await open(endpoint({ enabled: false, disabledReason: reason }));
    expect(screen.getByRole('alert').textContent).toBe(
      `Webhooks to https://app.example/hook were switched off. ${reason}`,
    );
    expect(screen.queryByRole('button', { name: 'Send a test' })).toBeNull();
    press('Switch on');
    const request = await server.next('EnableWebhookEndpoint');
    expect(request.variables).toEqual({ id: 'endpoint-1', enabled: true });
    await request.answer({
      updateWebhookEndpoint: {
        __typename: 'P',
        endpoint: { __typename: 'WebhookEndpoint', id: 'endpoint-1' },
      },
    });
    await load(endpoint({}));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(toasts.list()[0]?.text).toBe('The webhook is on.');
  });

  it('show their last deliveries, refresh them on request and send one again', async () => {
    const { server, toasts, load } = await open(
      endpoint(
        {},
        delivery({
          id: 'delivery-2',
          status: 'PENDING',
          attempts: 2,
          responseStatus: null,
          nextAttemptAt: '2026-03-01T13:00:00.000Z',
        }),
        delivery({ status: 'FAILED', attempts: 11, responseStatus: 500 }),
      ),
    );
    const [, pending, failed] = screen.getAllByRole('row', { hidden: true });
    expect(pending!.textContent).toContain('Waiting2 attempts, no answer, next one');
    expect(within(pending!).queryByRole('button', { hidden: true })).toBeNull();
    expect(failed!.textContent).toContain('Failed11 attempts, answer 500');
    fireEvent.click(within(failed!).getByRole('button', { hidden: true }));
    const request = await server.next('RedeliverWebhook');
    expect(request.variables).toEqual({ id: 'delivery-1' });
    await request.answer({
      redeliverWebhook: { __typename: 'P', delivery: { __typename: 'WebhookDelivery', id: 'delivery-1' } },
    });
    await load(endpoint({}, delivery({ status: 'PENDING', attempts: 11 })));
    expect(toasts.list()[0]?.text).toBe('It is being sent again.');
    expect(document.activeElement?.textContent).toBe('Refresh');
    fireEvent.click(screen.getByRole('button', { name: 'Refresh', hidden: true }));
    await load(endpoint({}, delivery({})));
    expect(screen.getAllByRole('row', { hidden: true })[1]!.textContent).toContain(
      'Delivered1 attempt, answer 204',
    );
  });

  it('get a new secret, and are deleted, after a confirmation', async () => {
    const { server, load } = await open(endpoint({}));
    press('New secret');
    submitForm();
    await (
      await server.next('RotateWebhookSecret')
    ).answer({
      rotateWebhookSecret: { __typename: 'P', secret: 'whsec_new' },
    });
    expect(screen.getByText('whsec_new')).toBeTruthy();
    press('Delete');
    expect(screen.getByRole('dialog').textContent).toContain('Delete this webhook?');
    submitForm();
    await (
      await server.next('DeleteWebhookEndpoint')
    ).answer({
      deleteWebhookEndpoint: { __typename: 'P', deletedId: 'endpoint-1' },
    });
    await load();
    expect(screen.queryByRole('listitem')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a webhook' }));
  });

  it('say why a test was not sent', async () => {
    const { server, toasts } = await open(endpoint({}));
    press('Send a test');
    await (await server.next('TestWebhookEndpoint')).refuse('INVALID_INPUT', { field: 'id' });
    expect(toasts.list()[0]).toMatchObject({
      kind: 'error',
      text: 'This webhook is off. Switch it on first.',
    });
  });
});
