import { expect, test, vi } from 'vitest';
import { QuotaUnknown } from '#lib/quota/allowance.ts';
import { type KnownCredential, Unavailable } from './ports.ts';
import { quotaPort, ticketsPort } from './runtime-ports.ts';

/** While the database is known not to respond, what can't be decided is rejected immediately. */

const credential = { id: 'one' } as KnownCredential; // The stubs look at nothing else.
const granted = { ok: true, limit: 10, remaining: 9, resetSeconds: 60, day: '2026-05-01' } as const;
const lease = (reachable: boolean) => ({ isReachable: () => reachable, nowMs: () => 0 });

test('quota that this process holds is used while the database doesn’t respond', () => {
  const quota = { take: () => granted, giveBack: vi.fn() };
  expect(quotaPort(quota, lease(false)).take(credential)).toBe(granted);
});

test('quota from the database is awaited while it responds', async () => {
  const quota = { take: async () => granted, giveBack: vi.fn() };
  expect(await quotaPort(quota, lease(true)).take(credential)).toBe(granted);
  const failing = { ...quota, take: () => Promise.reject(new QuotaUnknown('no response')) };
  await expect(quotaPort(failing, lease(true)).take(credential)).rejects.toThrow(Unavailable);
});

test('quota is refused at once while the database doesn’t respond, and a late grant is returned', async () => {
  const late = Promise.withResolvers<typeof granted>();
  const giveBack = vi.fn();
  const port = quotaPort({ take: () => late.promise, giveBack }, lease(false));
  await expect(port.take(credential)).rejects.toThrow('the database is unreachable');
  expect(giveBack).not.toHaveBeenCalled();
  late.resolve(granted);
  await vi.waitFor(() => expect(giveBack).toHaveBeenCalledWith(credential, granted.day));
});

test('a grant that fails late is nobody’s error', async () => {
  const giveBack = vi.fn();
  const port = quotaPort({ take: () => Promise.reject(new Error('late')), giveBack }, lease(false));
  await expect(port.take(credential)).rejects.toThrow(Unavailable);
  await new Promise((resolve) => setImmediate(resolve));
  expect(giveBack).not.toHaveBeenCalled();
});

test('a ticket of the API Tester isn’t looked up while the database doesn’t respond', async () => {
  const sql = vi.fn();
  const tickets = ticketsPort(sql as never, '0'.repeat(64), lease(false));
  const ticket = { id: crypto.randomUUID() } as never; // Never read.
  await expect(tickets.redeem(ticket)).rejects.toThrow('the database is unreachable');
  expect(sql).not.toHaveBeenCalled();
});
