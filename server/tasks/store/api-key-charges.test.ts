/** What an API key spends: counted with the charge and its refund, and never above its limit. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { addUser, balances, newTask, openTaskStore } from '../../../tests/support/tasks.ts';
import { audit } from '../audit.ts';

const { database, store, accept: acceptTask } = await openTaskStore();
const { prisma } = database;

async function addKey(credits: number, creditLimit: number | null) {
  const userId = await addUser(prisma, credits);
  const data = { userId, name: 'Test', start: 'psk_', key: randomUUID(), permissions: '{}', creditLimit };
  const { id } = await prisma.apiKey.create({ data });
  const spent = async () => (await prisma.apiKey.findUniqueOrThrow({ where: { id } })).creditsSpent;
  return { userId, id, spent, accept: (task = newTask(userId)) => acceptTask({ ...task, apiKeyId: id }) };
}

const brokenRules = async () =>
  (await audit(prisma)).filter(({ faults }) => faults.length).map(({ rule }) => rule);

it('stops at the limit of the key, whatever the balance', async () => {
  const { userId, accept, spent } = await addKey(100, 20);
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => accept()));
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'apiKeyLimit')).toHaveLength(30);
  expect(await spent()).toBe(20);
  expect(await balances(prisma, userId)).toEqual({ credits: 80, entries: 80 });
  expect(await acceptTask(newTask(userId))).toBe('accepted');
});

it('stops at the balance, whatever the limit', async () => {
  const { accept, spent } = await addKey(3, null);
  expect([await accept(), await accept()]).toEqual(['accepted', 'insufficientCredits']);
  expect(await spent()).toBe(2);
});

it('falls with a refund, so that the key can spend it again, and stays right when the task is deleted', async () => {
  const { userId, accept, spent } = await addKey(20, 2);
  const task = newTask(userId);
  expect(await accept(task)).toBe('accepted');
  expect(await accept()).toBe('apiKeyLimit');
  const ended = await store.settle({ id: task.id, version: 1 }, { status: 'CANCELED', refundCredits: 2 });
  expect(await spent()).toBe(0);
  await store.remove(ended!);
  expect(await accept()).toBe('accepted');
  expect(await spent()).toBe(2);
  expect(await brokenRules()).toEqual([]);
});

it('ends with the key, whose tasks are refunded all the same', async () => {
  const { userId, id, accept } = await addKey(20, null);
  const task = newTask(userId);
  expect(await accept(task)).toBe('accepted');
  await prisma.apiKey.delete({ where: { id } });
  expect(await accept()).toBe('apiKeyRevoked');
  await store.settle({ id: task.id, version: 1 }, { status: 'CANCELED', refundCredits: 2 });
  expect(await balances(prisma, userId)).toEqual({ credits: 20, entries: 20 });
});

it('is audited', async () => {
  const { id } = await addKey(20, null);
  await prisma.apiKey.update({ where: { id }, data: { creditsSpent: 4 } });
  expect(await brokenRules()).toEqual([
    'Every API key has spent the charges of its tasks without their refunds',
  ]);
  await prisma.apiKey.delete({ where: { id } });
});

it('is forgotten with the user', async () => {
  const { userId, id } = await addKey(0, null);
  await prisma.user.delete({ where: { id: userId } });
  expect(await prisma.apiKey.findUnique({ where: { id } })).toBeNull();
});
