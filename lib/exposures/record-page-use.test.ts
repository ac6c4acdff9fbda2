import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { credentials } from '#db/schema/credentials.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { pageUseRecorder } from './record-page-use.ts';

test(
  'the site and time are recorded once an hour per key, for its own team only',
  withDb(async (db) => {
    const key = await aCredential(db, await anApplication(db, await aTeam(db)));
    const other = await aTeam(db);
    const read = async () => {
      const [row] = await db.select().from(credentials).where(eq(credentials.id, key.id));
      return row!.pageOrigin;
    };
    const record = pageUseRecorder(() => db);

    await pageUseRecorder(() => db)({ id: key.id, teamId: other.teamId }, 'https://evil.example');
    expect(await read()).toBeNull();
    await record(key, 'https://shop.example.com');
    await record(key, 'https://later.example.com');

    const [row] = await db.select().from(credentials).where(eq(credentials.id, key.id));
    expect(row).toMatchObject({ pageOrigin: 'https://shop.example.com', pageUsedAt: expect.any(Date) });
  }),
);
