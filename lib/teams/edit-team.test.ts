import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aTeam } from '#tests/support/factories.ts';
import { EditTeam, editTeam } from './edit-team.ts';

const wanted = { name: 'New name', description: 'New words', reviewDays: 30 };

test(
  'name, description and review interval change, but not the URL or other teams',
  withDb(async (db) => {
    const { teamId } = await aTeam(db, { name: 'Old name', slug: 'old-name' });
    const member = await aMember(db, 'owner', { teamId, teamSlug: 'old-name' });
    const other = await aTeam(db, { name: 'Untouched' });

    expect(await editTeam({ db, member }, wanted)).toEqual({ ok: true });

    const team = await db.select().from(teams).where(eq(teams.id, teamId));
    expect(team).toMatchObject([{ ...wanted, slug: 'old-name' }]);
    expect(await db.select().from(teams).where(eq(teams.id, other.teamId))).toMatchObject([
      { name: 'Untouched', reviewDays: 90 },
    ]);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'team.edit', before: { name: 'Old name', reviewDays: 90 }, after: wanted },
    ]);
    expect(await editTeam({ db, member }, wanted), 'the same settings').toEqual({ ok: true });
    expect(await auditTrail(db)).toHaveLength(1);
  }),
);

test(
  'a deleted team looks absent',
  withDb(async (db) => {
    const member = await aMember(db, 'owner', await aTeam(db, { deletedAt: new Date() }));
    expect(await editTeam({ db, member }, wanted)).toEqual({ ok: false, reason: 'not_found' });
  }),
);

test.each(['admin', 'member'] as const)('%ss can’t edit the team', async (role) => {
  await withDb(async (db) => {
    const member = await aMember(db, role);
    await expect(editTeam({ db, member }, wanted)).rejects.toThrow(Forbidden);
  })();
});

test('the interval is one of four, and a name is required', () => {
  const valid = (given: object) => EditTeam.safeParse({ name: 'A', description: '', ...given }).success;
  for (const reviewDays of ['30', '60', '90', '180']) expect(valid({ reviewDays }), reviewDays).toBe(true);
  for (const reviewDays of ['0', '31', '-30', 'NaN', '', undefined])
    expect(valid({ reviewDays })).toBe(false);
  expect(valid({ reviewDays: '30', name: ' ' })).toBe(false);
});
