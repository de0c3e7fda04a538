import { expect, it } from 'vitest';
import { withCalls } from '../../../tests/support/databases.ts';
import { addUser, balances, newTask, openTaskStore } from '../../../tests/support/tasks.ts';
import { createTaskStore } from './store.ts';

const { database, store, accept } = await openTaskStore();
const { prisma } = database;

const accepted = (outcomes: string[]) => outcomes.filter((outcome) => outcome === 'accepted').length;
const dayOf = (ms: number) => new Date(new Date(ms).toISOString().slice(0, 10));
const setDay = (userId: string, chargedOn: Date) =>
  prisma.user.update({ where: { id: userId }, data: { chargedOn } });
const total = async () => Number((await prisma.dailyCharge.findFirst())?.credits ?? 0);

it('accepts exactly as many of 200 at once as the limit of a user pays for', async () => {
  const [userId, other] = [await addUser(prisma, 1_000), await addUser(prisma, 20)];
  const dailyLimits = { perUser: 51 };
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, () => accept(newTask(userId, { dailyLimits }))),
  );
  expect(accepted(outcomes)).toBe(25);
  expect(outcomes.filter((outcome) => outcome === 'dailyLimit')).toHaveLength(175);
  expect(await balances(prisma, userId)).toEqual({ credits: 950, entries: 950 });
  expect(await prisma.task.count({ where: { userId } })).toBe(25);
  expect(await accept(newTask(other, { dailyLimits }))).toBe('accepted');
});

it('accepts exactly as many of 200 at once, of many users, as the limit of all pays for', async () => {
  await prisma.dailyCharge.deleteMany();
  const users = await Promise.all(Array.from({ length: 20 }, () => addUser(prisma, 100)));
  const dailyLimits = { total: 61 };
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, index) => accept(newTask(users[index % users.length]!, { dailyLimits }))),
  );
  expect(accepted(outcomes)).toBe(30);
  expect(outcomes.filter((outcome) => outcome === 'dailyLimitTotal')).toHaveLength(170);
  // What was refused has charged and counted nothing.
  const charges = await prisma.creditEntry.count({ where: { userId: { in: users }, kind: 'CHARGE' } });
  expect(charges).toBe(30);
  expect(await total()).toBe(60);
  const counts = await prisma.user.findMany({ where: { id: { in: users } }, select: { chargedToday: true } });
  expect(counts.reduce((sum, { chargedToday }) => sum + chargedToday, 0)).toBe(60);
  // A raised limit counts at once.
  expect(await accept(newTask(users[0]!, { dailyLimits: { total: 62 } }))).toBe('accepted');
  expect(await accept(newTask(users[0]!, { dailyLimits: { total: 10 } }))).toBe('dailyLimitTotal');
});

it('begins again with the next UTC day, and gives nothing back for a refund', async () => {
  const userId = await addUser(prisma, 100);
  const next = () => newTask(userId, { dailyLimits: { perUser: 3 } });
  const task = next();
  expect(await accept(task)).toBe('accepted');
  await store.settle({ id: task.id, version: 1 }, { status: 'CANCELED', refundCredits: 2 });
  expect(await accept(next())).toBe('dailyLimit');
  await setDay(userId, dayOf(Date.now() - 86_400_000));
  expect(await accept(next())).toBe('accepted');
  expect(await accept(next())).toBe('dailyLimit');
});

it('counts a charge that waited past midnight for the later day', async () => {
  const userId = await addUser(prisma, 100);
  const next = () => newTask(userId, { dailyLimits: { perUser: 3 } });
  expect(await accept(next())).toBe('accepted');
  const tomorrow = dayOf(Date.now() + 86_400_000);
  await setDay(userId, tomorrow);
  expect(await accept(next())).toBe('dailyLimit');
  expect(await accept(newTask(userId))).toBe('accepted');
  expect(await prisma.user.findUnique({ where: { id: userId } })).toMatchObject({
    chargedOn: tomorrow,
    chargedToday: 4,
  });
});

it('counts what was charged before the limit of a user was set, and keeps no row for all users without theirs', async () => {
  await prisma.dailyCharge.deleteMany();
  const userId = await addUser(prisma, 100);
  expect(await accept(newTask(userId))).toBe('accepted');
  expect(await accept(newTask(userId, { dailyLimits: { perUser: 3 } }))).toBe('dailyLimit');
  expect(await prisma.dailyCharge.count()).toBe(0);
});

it('takes one statement', async () => {
  const { prisma: counting, calls } = withCalls(prisma);
  const userId = await addUser(prisma, 100);
  const counted = createTaskStore({ prisma: counting });
  await counted.accept(newTask(userId, { dailyLimits: { perUser: 1_000, total: 1_000 } }));
  expect(calls).toHaveLength(1);
});
