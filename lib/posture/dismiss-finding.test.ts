import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { credentials, findingDismissals } from '#db/schema/credentials.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { DismissFinding, dismissFinding } from './dismiss-finding.ts';
import { readPosture } from './read-posture.ts';
import { restoreFinding } from './restore-finding.ts';

async function aScene(db: Db) {
  const owner = await aMember(db, 'owner');
  const key = await aCredential(db, await anApplication(db, owner), { environment: 'production' });
  return { owner, key, finding: { kind: 'production_without_ip', subjectId: key.id } as const };
}
const about = { days: 30, note: 'Behind our VPN.' };
const openKinds = async (db: Db, member: Member) =>
  (await readPosture({ db, member })).findings.map(({ kind }) => kind);

test(
  'a dismissed finding is listed separately and doesn’t affect the score, and reappears when the time has passed',
  withDb(async (db) => {
    const { owner, key, finding } = await aScene(db);
    const before = (await readPosture({ db, member: owner })).score!;

    expect(await dismissFinding({ db, member: owner }, { ...finding, ...about })).toEqual({ ok: true });

    const posture = await readPosture({ db, member: owner });
    expect(posture.findings.map(({ kind }) => kind)).not.toContain('production_without_ip');
    expect(posture.findings.map(({ kind }) => kind)).toContain('production_without_expiry');
    expect(posture.score).toBe(before + 7);
    expect(posture.dismissed).toMatchObject([
      { finding: { kind: 'production_without_ip' }, dismissal: { note: 'Behind our VPN.', by: owner.name } },
    ]);
    const days = (posture.dismissed[0]!.dismissal.until.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 1);
    expect(await auditTrail(db)).toMatchObject([
      {
        ...{
          action: 'finding.dismiss',
          teamId: owner.teamId,
          subjectKind: 'credential',
          subjectId: key.keyId,
        },
        after: { finding: 'Production key works from any IP address', days: 30, note: 'Behind our VPN.' },
      },
    ]);

    await db.update(findingDismissals).set({ until: sql`now()` });
    expect(await openKinds(db, owner)).toContain('production_without_ip');
    expect((await readPosture({ db, member: owner })).dismissed).toEqual([]);
  }),
);

test(
  'dismissing again extends the time; restoring brings the finding back, once',
  withDb(async (db) => {
    const { owner, finding } = await aScene(db);
    await dismissFinding({ db, member: owner }, { ...finding, ...about });
    await dismissFinding({ db, member: owner }, { ...finding, days: 90, note: '' });
    expect(await db.select().from(findingDismissals)).toHaveLength(1);

    expect(await restoreFinding({ db, member: owner }, finding)).toEqual({ ok: true });
    expect(await openKinds(db, owner)).toContain('production_without_ip');
    expect(await restoreFinding({ db, member: owner }, finding)).toEqual({ ok: false, reason: 'not_found' });
    const actions = (await auditTrail(db)).map(({ action }) => action);
    expect(actions).toEqual(['finding.dismiss', 'finding.dismiss', 'finding.restore']);
  }),
);

test(
  'an exposed key can’t be dismissed, even by a row in the table',
  withDb(async (db) => {
    const { owner, key } = await aScene(db);
    await db.update(credentials).set({ exposedAt: new Date() }).where(eq(credentials.id, key.id));
    const exposed = { kind: 'exposed_key', subjectId: key.id } as const;

    expect(await dismissFinding({ db, member: owner }, { ...exposed, ...about })).toEqual({
      ok: false,
      reason: 'must_fix',
    });
    const { teamId, memberId } = owner;
    await db
      .insert(findingDismissals)
      .values({ ...exposed, teamId, dismissedBy: memberId, until: new Date(Date.now() + 1e9) });
    expect(await openKinds(db, owner)).toContain('exposed_key');
  }),
);

test(
  "another team's finding, an unknown one and a resolved one look absent",
  withDb(async (db) => {
    const { owner, finding } = await aScene(db);
    const stranger = await aMember(db, 'owner');
    const absent = { ok: false, reason: 'not_found' };

    expect(await dismissFinding({ db, member: stranger }, { ...finding, ...about })).toEqual(absent);
    expect(await dismissFinding({ db, member: owner }, { ...finding, subjectId: v7(), ...about })).toEqual(
      absent,
    );
    expect(await dismissFinding({ db, member: owner }, { ...finding, kind: 'unused', ...about })).toEqual(
      absent,
    );
    await dismissFinding({ db, member: owner }, { ...finding, ...about });
    expect(await restoreFinding({ db, member: stranger }, finding)).toEqual(absent);
    expect(await db.select().from(findingDismissals)).toHaveLength(1);
  }),
);

test(
  'a member is rejected before anything is read',
  withDb(async (db) => {
    const { owner, finding } = await aScene(db);
    const member = await aMember(db, 'member', owner);

    await expect(dismissFinding({ db, member }, { ...finding, ...about })).rejects.toThrow(Forbidden);
    await expect(restoreFinding({ db, member }, finding)).rejects.toThrow(Forbidden);
    expect(await db.select().from(findingDismissals)).toEqual([]);
  }),
);

test('a note can’t be too long, and the time is 30 or 90 days', () => {
  const input = { kind: 'unused', subjectId: v7(), days: '30', note: '' };
  expect(DismissFinding.safeParse(input).success).toBe(true);
  expect(DismissFinding.safeParse({ ...input, days: '3000' }).success).toBe(false);
  expect(DismissFinding.safeParse({ ...input, kind: 'nonsense' }).success).toBe(false);
  expect(DismissFinding.safeParse({ ...input, note: 'x'.repeat(301) }).success).toBe(false);
});
