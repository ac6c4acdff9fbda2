import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { findExpiredKeys } from './find-expired-keys.ts';

const now = new Date('2026-05-04T12:00:00Z');
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

test(
  'finds keys that expired or were retired within a day, whichever came first',
  withDb(async (db) => {
    const app = await anApplication(db, await aMember(db, 'owner'));
    const expected = [
      await aCredential(db, app, { expiresAt: hours(-1) }),
      await aCredential(db, app, { retiresAt: hours(-2) }),
      await aCredential(db, app, { expiresAt: hours(-1), retiresAt: hours(9) }),
      await aCredential(db, app, { expiresAt: hours(9), retiresAt: hours(-1) }),
    ];
    await aCredential(db, app, { expiresAt: hours(-1), retiresAt: hours(-25) });
    await aCredential(db, app, { expiresAt: hours(-30), retiresAt: hours(-1) });
    await aCredential(db, app, { expiresAt: hours(1), retiresAt: hours(2) });
    await aCredential(db, app);

    const found = await findExpiredKeys(db, now);
    expect(found.map(({ path }) => path).sort()).toEqual(
      expected.map(({ keyId }) => `/api-keys/${keyId}`).sort(),
    );
  }),
);

test(
  'reads both dates by index: it runs every minute, however many keys there are',
  withDb(async (db) => {
    const { teamId, applicationId } = await aCredential(
      db,
      await anApplication(db, await aMember(db, 'owner')),
    );
    await db.execute(sql`
      insert into credentials (id, team_id, application_id, key_id, environment, name, secret_digest, secret_last_four, expires_at)
      select gen_random_uuid(), ${teamId}, ${applicationId}, 'k' || n, 'production', 'k', sha256(n::text::bytea), 'abcd',
        ${now.toISOString()}::timestamptz + n * interval '1 hour'
      from generate_series(1, 5000) n`);
    await db.execute(sql`analyze credentials`);
    let query = sql``;
    const watching = {
      execute: async (asked: SQL) => {
        query = asked;
        return [];
      },
    };
    await findExpiredKeys(watching as unknown as Db, now); // It uses nothing else.
    const plan = await db.execute(sql`explain ${query}`);
    const text = plan.map((row) => Object.values(row)[0]).join('\n');
    expect(text).toContain('credentials_expiry');
    expect(text).toContain('credentials_retirement');
  }),
);
