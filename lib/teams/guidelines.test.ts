import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { confirmGuidelines } from './confirm-guidelines.ts';
import { readSettings } from './read-settings.ts';
import { SetGuidelines, setGuidelines } from './set-guidelines.ts';

async function versionOf(db: Db, { teamId }: Member): Promise<string> {
  const [team] = await db.select({ at: teams.guidelinesAt }).from(teams).where(eq(teams.id, teamId));
  return team!.at!.toISOString();
}
const set = (db: Db, member: Member, guidelines: string) => setGuidelines({ db, member }, { guidelines });

test(
  'members confirm a text; after a change everyone except its author is asked again',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const ownOf = async (who: Member) => (await readSettings({ db, member: who })).own.confirmedAt;
    expect(await set(db, owner, 'First')).toEqual({ ok: true, changed: true });
    expect(await ownOf(member)).toBeNull();

    const version = await versionOf(db, owner);
    expect(await confirmGuidelines({ db, member }, { version })).toEqual({ ok: true });
    expect(await ownOf(member)).toBeInstanceOf(Date);
    expect((await readSettings({ db, member: owner })).people).toMatchObject({ active: 2, confirmed: 2 });

    expect(await set(db, owner, 'First')).toEqual({ ok: true, changed: false });
    expect(await versionOf(db, owner)).toBe(version);
    await set(db, owner, 'Second');
    expect(await ownOf(member)).toBeNull();
    expect(await ownOf(owner)).toBeInstanceOf(Date);
    expect((await readSettings({ db, member: owner })).people).toMatchObject({ active: 2, confirmed: 1 });
  }),
);

test(
  'an older text or another team’s can’t be confirmed',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    await set(db, owner, 'First');
    const version = await versionOf(db, owner);
    await set(db, owner, 'Second');
    const changed = { ok: false, reason: 'changed' };

    expect(await confirmGuidelines({ db, member }, { version })).toEqual(changed);
    await set(db, owner, '');
    expect(await confirmGuidelines({ db, member }, { version })).toEqual(changed);
    const stranger = await aMember(db, 'owner');
    expect(await confirmGuidelines({ db, member: stranger }, { version })).toEqual(changed);
    expect((await readSettings({ db, member })).own.confirmedAt).toBeNull();
  }),
);

test(
  'confirming again changes nothing; the audit log keeps an excerpt of a long text',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    await set(db, owner, 'x'.repeat(20_000));
    const version = await versionOf(db, owner);
    await confirmGuidelines({ db, member }, { version });
    const { confirmedAt } = (await readSettings({ db, member })).own;

    expect(await confirmGuidelines({ db, member }, { version })).toEqual({ ok: true });

    expect((await readSettings({ db, member })).own.confirmedAt).toEqual(confirmedAt);
    const lines = await auditTrail(db);
    expect(lines.map((line) => line.action)).toEqual(['guidelines.set', 'guidelines.confirm']);
    expect(lines[0]?.after).toEqual({ guidelines: `${'x'.repeat(500)}… (20000 characters)` });
  }),
);

test(
  'only owners set the text',
  withDb(async (db) => {
    await expect(set(db, await aMember(db, 'admin'), 'Text')).rejects.toThrow(Forbidden);
  }),
);

test('the text is plain, at most 20,000 characters, with line feeds only', () => {
  const parse = (guidelines: string) => SetGuidelines.safeParse({ guidelines });
  expect(parse(' One\r\n\r\nTwo \n')).toMatchObject({ data: { guidelines: 'One\n\nTwo' } });
  expect(parse('x'.repeat(20_000)).success).toBe(true);
  for (const text of ['x'.repeat(20_001), 'a\u0000', 'a\u202eb', 'a\ud800']) {
    expect(parse(text).success, JSON.stringify(text.slice(0, 9))).toBe(false);
  }
});
