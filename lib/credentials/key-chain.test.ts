import { and, eq, ne, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { endRetirementNow } from './end-retirement.ts';
import { issueOwnKey } from './issue-own-key.ts';
import { pauseCredential } from './pause-credential.ts';
import { regenerateOwnKey } from './regenerate-own-key.ts';
import { resumeCredential } from './resume-credential.ts';
import { revokeCredential } from './revoke-credential.ts';
import { rotateCredential } from './rotate-credential.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

/** The same random numbers in every run (mulberry32), so a failed round can be repeated. */
function randomOf(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const keysOf = (db: Db, { memberId }: Member) =>
  db.select().from(credentials).where(eq(credentials.memberId, memberId)).orderBy(credentials.id);

/** A random action on one of the keys that exist when it starts. */
async function act(db: Db, member: Member, random: (below: number) => number): Promise<string> {
  const keys = await keysOf(db, member);
  const which = random(8);
  const keyId = keys[random(keys.length)]!.keyId;
  const context = { db, member };
  if (which === 0) return `issue ${(await issueOwnKey(context, { environment: 'development' })).ok}`;
  if (which === 1) return `pause ${(await pauseCredential(context, { keyId })).ok}`;
  if (which === 2) return `resume ${(await resumeCredential(context, { keyId })).ok}`;
  if (which === 3) return `revoke ${(await revokeCredential(context, { keyId })).ok}`;
  if (which === 4) return `end ${(await endRetirementNow(context, { keyId })).ok}`;
  if (which === 5) return `regenerate ${(await regenerateOwnKey(context, { keyId })).ok}`;
  const overlap = (['0', '24h', '30d_after_first_use'] as const)[random(3)]!;
  return `rotate ${(await rotateCredential(context, { keyId, overlap, name: '' })).ok}`;
}

test('50 rounds of 30 concurrent random actions on one key and its successors keep the state machine valid', async () => {
  const { db } = own;
  const done = new Map<string, number>();
  for (let round = 0; round < 50; round++) {
    const member = await aMember(db, 'member');
    await anApplication(db, member, { isDefault: true });
    await issueOwnKey({ db, member }, { environment: 'development' });
    const random = randomOf(round);
    // Read while the actions run: a key that is revoked now must be revoked at the end.
    const revokedEarly = new Set<string>();
    let busy = true;
    const watch = (async () => {
      while (busy) {
        for (const key of await keysOf(db, member)) {
          if (key.status === 'revoked') revokedEarly.add(key.id);
          else if (revokedEarly.has(key.id)) throw new Error(`round ${round}: ${key.keyId} came back`);
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    const runs = Array.from({ length: 30 }, async () => {
      const actions: string[] = [];
      for (let i = 0; i < 3; i++) actions.push(await act(db, member, random));
      return actions;
    });
    const outcomes = (await Promise.all(runs)).flat();
    busy = false;
    await watch;
    for (const name of outcomes) done.set(name, (done.get(name) ?? 0) + 1);

    const keys = await keysOf(db, member);
    const what = `round ${round}: ${outcomes.join(', ')}`;
    const tips = keys.filter((key) => key.successorId === null && key.status !== 'revoked');
    expect(tips.length, what).toBeLessThanOrEqual(1);
    // At most two keys work: a key can be rotated only after all keys before it have ended.
    const rotated = keys.filter((key) => key.successorId !== null && key.status !== 'revoked');
    expect(rotated.length, what).toBeLessThanOrEqual(1);
    const successors = keys.flatMap((key) => key.successorId ?? []);
    expect(new Set(successors).size, what).toBe(successors.length);
    for (const key of keys) {
      expect((key.status === 'revoked') === (key.revokedAt !== null), what).toBe(true);
      expect((key.successorId === null) === (key.rotatedAt === null), what).toBe(true);
      if (revokedEarly.has(key.id)) expect(key.status, what).toBe('revoked');
    }
    // Every reported action happened once, and no action went unreported.
    const lines = await auditTrail(db, eq(auditEvents.teamId, member.teamId));
    const count = (action: string) => lines.filter((line) => line.action === action).length;
    const reported = (...names: string[]) => outcomes.filter((name) => names.includes(name)).length;
    expect(count('credential.revoke'), what).toBe(reported('revoke true', 'end true'));
    expect(count('credential.pause'), what).toBe(reported('pause true'));
    expect(count('credential.resume'), what).toBe(reported('resume true'));
    expect(count('credential.rotate'), what).toBe(reported('rotate true'));
    expect(keys.length, what).toBe(1 + reported('issue true', 'rotate true', 'regenerate true'));
  }
  // Each action must have both succeeded and been rejected at least once, otherwise the rounds prove nothing.
  for (const name of ['issue', 'pause', 'resume', 'revoke', 'end', 'regenerate', 'rotate'])
    for (const ok of ['true', 'false'])
      expect(done.get(`${name} ${ok}`) ?? 0, `${name} ${ok}`).toBeGreaterThan(0);
}, 240_000);

test("under concurrent actions, a team's key has one chain with at most one key that is neither rotated nor revoked", async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const app = await anApplication(db, member);
  for (let round = 0; round < 10; round++) {
    const [first] = await db
      .insert(credentials)
      .values({
        ...{ teamId: member.teamId, applicationId: app.id, name: 'Key', environment: 'production' },
        ...{ keyId: `${round}`.padStart(16, 'A'), secretDigest: new Uint8Array(32), secretLastFour: 'abcd' },
      })
      .returning();
    const since = sql`${credentials.id} >= ${first!.id}`;
    const keys = () =>
      db
        .select()
        .from(credentials)
        .where(and(eq(credentials.teamId, member.teamId), since));
    const random = randomOf(1_000 + round);
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const all = await keys();
        const { keyId } = all[random(all.length)]!;
        const which = random(4);
        if (which === 0) await pauseCredential({ db, member }, { keyId });
        else if (which === 1) await resumeCredential({ db, member }, { keyId });
        else if (which === 2) await endRetirementNow({ db, member }, { keyId });
        else await rotateCredential({ db, member }, { keyId, overlap: '1h', name: '' });
      }),
    );
    const all = await keys();
    expect(all.filter((key) => key.successorId === null)).toHaveLength(1);
    expect(all.filter((key) => key.status !== 'revoked').length).toBeLessThanOrEqual(2);
    expect(new Set(all.flatMap((key) => key.successorId ?? [])).size).toBe(all.length - 1);
  }
  expect(
    await db.$count(
      credentials,
      and(eq(credentials.teamId, member.teamId), ne(credentials.status, 'revoked')),
    ),
  ).toBeGreaterThan(9);
}, 120_000);
