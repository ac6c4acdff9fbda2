import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { throttleEvents } from '#db/schema/throttles.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { takeThrottle, throttleCount } from './throttle.ts';

const hourly = { kind: 'sign_up', key: 'ada@example.com', limit: 2, windowSeconds: 3_600 } as const;

test(
  'events up to the limit pass; the next one passes once an earlier one leaves the window',
  withDb(async (db) => {
    expect(await takeThrottle(db, hourly)).toBe(true);
    expect(await takeThrottle(db, hourly)).toBe(true);
    expect(await takeThrottle(db, hourly)).toBe(false);
    expect(await throttleCount(db, hourly)).toBe(2);

    const [first] = await db.select().from(throttleEvents).limit(1);
    await db
      .update(throttleEvents)
      .set({ at: sql`now() - interval '61 minutes'` })
      .where(eq(throttleEvents.id, first!.id));
    expect(await takeThrottle(db, hourly)).toBe(true);
    expect(await takeThrottle(db, hourly)).toBe(false);
  }),
);

test(
  'another key and another kind have their own limit, and the key itself is not stored',
  withDb(async (db) => {
    const once = { ...hourly, limit: 1 };
    expect(await takeThrottle(db, once)).toBe(true);
    expect(await takeThrottle(db, once)).toBe(false);
    expect(await takeThrottle(db, { ...once, key: 'grace@example.com' })).toBe(true);
    expect(await takeThrottle(db, { ...once, kind: 'sign_in' })).toBe(true);
    expect(JSON.stringify(await db.select().from(throttleEvents))).not.toContain('ada@');
  }),
);

test('of many concurrent transactions exactly the limit passes, and a rolled-back one doesn’t count', async () => {
  const own = await ownDatabase();
  try {
    const rolledBack = own.db.transaction(async (tx) => {
      await takeThrottle(tx, hourly);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');

    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => own.db.transaction((tx) => takeThrottle(tx, hourly))),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(2);
  } finally {
    await own.drop();
  }
});
