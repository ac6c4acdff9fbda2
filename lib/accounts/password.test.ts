import { availableParallelism } from 'node:os';
import { hashSync } from '@node-rs/argon2';
import { beforeEach, expect, test, vi } from 'vitest';

const load = vi.hoisted(() => ({ now: 0, most: 0 }));
/** The real library, with a count of concurrent calls. */
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  const counted =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      load.most = Math.max(load.most, ++load.now);
      try {
        return await work(...args);
      } finally {
        load.now--;
      }
    };
  return { ...real, hash: counted(real.hash), verify: counted(real.verify) };
});

let passwords: typeof import('./password.ts');
let queue: typeof import('./hashing-queue.ts');
beforeEach(async () => {
  vi.resetModules(); // Next loads the module once per bundle.
  passwords = await import('./password.ts');
  queue = await import('./hashing-queue.ts');
  load.most = 0;
});

const cheap = hashSync('open sesame', { memoryCost: 64, timeCost: 1, parallelism: 1 });

test('a password matches only its own hash', async () => {
  const stored = await passwords.hashPassword('open sesame');

  expect(await passwords.passwordMatches('open sesame', stored)).toBe(true);
  expect(await passwords.passwordMatches('Open sesame', stored)).toBe(false);
  expect(stored).not.toBe(await passwords.hashPassword('open sesame'));
});

test('a missing account or an unreadable hash costs one check and never matches', async () => {
  const stored = await passwords.hashPassword('open sesame');
  for (const broken of [
    null,
    '',
    'garbage',
    '$argon2id$v=19$m=1',
    stored.slice(0, -20),
    'no account has this password',
  ]) {
    expect(await passwords.passwordMatches('open sesame', broken), String(broken)).toBe(false);
    expect(await passwords.passwordMatches('no account has this password', broken), String(broken)).toBe(
      false,
    );
  }
});

test('a hash with a lower cost, of another kind or of no kind needs to be replaced', async () => {
  expect(passwords.needsRehash(await passwords.hashPassword('x'))).toBe(false);
  expect(passwords.needsRehash('$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA')).toBe(false);
  for (const weak of [
    cheap,
    '$argon2id$v=19$m=19456,t=1,p=1$c2FsdA$aGFzaA',
    '$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    '$2b$10$abcdefghijklmnopqrstuv',
    'garbage',
  ]) {
    expect(passwords.needsRehash(weak), weak).toBe(true);
  }
});

test('at most two run at once, and never on the last core', async () => {
  await passwords.passwordMatches('x', cheap);
  const checks = Array.from({ length: 20 }, async (_, i) => {
    await passwords.passwordMatches('x', cheap);
    if (i % 2) await passwords.hashPassword('x');
  });

  await Promise.all(checks);

  expect(load.most).toBe(Math.min(2, Math.max(1, availableParallelism() - 1)));
});

test('the bundles of a process share one queue', async () => {
  await passwords.passwordMatches('x', cheap);
  const first = passwords;
  vi.resetModules();
  const second = await import('./password.ts');
  expect(second.hashPassword).not.toBe(first.hashPassword);

  await Promise.all(
    [first, second].flatMap((copy) => Array.from({ length: 8 }, () => copy.hashPassword('x'))),
  );

  expect(load.most).toBe(queue.AT_ONCE);
});

test('some wait, the rest are rejected, and afterwards everything works', async () => {
  const all = Array.from({ length: queue.AT_ONCE + 68 }, () => passwords.hashPassword('x'));
  expect(queue.needRoomToHash).toThrow(queue.HashingBusy);
  // The first check hits the rush and must not be affected by it afterwards.
  await expect(passwords.passwordMatches('open sesame', cheap)).rejects.toThrow(queue.HashingBusy);

  const outcomes = await Promise.allSettled(all);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(queue.AT_ONCE + 64);
  expect(outcomes.slice(queue.AT_ONCE + 64)).toMatchObject(
    Array(4).fill({ reason: { name: 'HashingBusy' } }),
  );
  expect(load.most).toBe(queue.AT_ONCE);
  expect(queue.needRoomToHash()).toBeUndefined();
  expect(await passwords.passwordMatches('open sesame', cheap)).toBe(true);
});
