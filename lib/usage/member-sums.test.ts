import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAdmission } from '#lib/admission/admission.ts';
import { startShipper } from '#lib/metering/ship.ts';
import { openSpool } from '#lib/metering/spool.ts';
import { openQuota } from '#lib/quota/allowance.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';

const QUOTA = 300;
const CALLS_EACH = 120;
const day = '2026-05-01';
const clock = { nowMs: () => Date.UTC(2026, 4, 1, 12), day: () => day };

let own: OwnDatabase;
let dir: string;
beforeAll(async () => {
  own = await ownDatabase();
  dir = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterAll(async () => {
  await own.drop();
  rmSync(dir, { recursive: true, force: true });
});

test("requests with members' keys count toward the team's quota, per member, and add up to the team's usage", async () => {
  const { db, sql } = own;
  const team = await aTeam(db, { dailyQuota: QUOTA });
  const people = [await aMember(db, 'owner', team)];
  for (let i = 0; i < 3; i++) people.push(await aMember(db, 'member', team));
  const app = await anApplication(db, team, { isDefault: true });
  const keys = [await aCredential(db, app)];
  for (const { memberId } of people) keys.push(await aCredential(db, app, { memberId }));

  const nodeId = crypto.randomUUID();
  const admission = openAdmission({ sql, mayUseCache: () => true });
  const quota = openQuota({ sql, nodeId, clock });
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const shipper = startShipper({ sql, spool, dir, nodeId, everyMs: 20 });

  /** One request as the gateway handles it: admission, quota, record. */
  async function call(keyId: string): Promise<boolean> {
    const credential = await admission.find(keyId);
    if (!credential) throw new Error('unknown key');
    const taken = await quota.take(credential);
    const subject = {
      ...{ id: crypto.randomUUID(), atMs: clock.nowMs(), day, credential, route: null },
      ...{ method: 'GET', path: '/', clientIp: '192.0.2.7', userAgent: '' },
    };
    if (!taken.ok) {
      await spool.refuse(subject, { status: 429, reason: 'quota_exceeded', latencyMs: 1 });
      return false;
    }
    await spool.intent(subject);
    await spool.complete(subject, {
      ...{ outcome: 'answered', status: 200, reason: null, counted: true },
      ...{ latencyMs: 1, bytesIn: 0, bytesOut: 0 },
    });
    return true;
  }

  // One request per key first, so that each key has an admitted one; then all concurrently.
  const made = async ({ keyId, memberId }: (typeof keys)[number]) => ({ memberId, ok: await call(keyId) });
  const outcomes: { memberId: string | null; ok: boolean }[] = [];
  for (const key of keys) outcomes.push(await made(key));
  const rest = Array.from({ length: CALLS_EACH - 1 }, () => keys).flat();
  outcomes.push(...(await Promise.all(rest.map(made))));
  await shipper.stop();
  await quota.stop();

  const admitted = (memberId: string | null) =>
    outcomes.filter((outcome) => outcome.ok && outcome.memberId === memberId).length;
  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(QUOTA);
  const [reserved] =
    await sql`select reserved from quota_days where kind = 'team' and subject_id = ${team.teamId}`;
  expect(reserved).toEqual({ reserved: QUOTA });

  for (const memberId of [null, ...people.map((person) => person.memberId)]) {
    const expected = { requests: admitted(memberId), refused: CALLS_EACH - admitted(memberId) };
    const [sums] = await sql`
      select sum(requests)::int as requests, sum(refused)::int as refused from usage_daily
      where team_id = ${team.teamId} and member_id is not distinct from ${memberId}`;
    const [records] = await sql`
      select count(*) filter (where counted)::int as requests, count(*) filter (where outcome = 'refused')::int as refused
      from usage_records where team_id = ${team.teamId} and member_id is not distinct from ${memberId}`;
    expect(sums, String(memberId)).toEqual(expected);
    expect(records, String(memberId)).toEqual(expected);
    expect(expected.requests, 'all of them had their turn').toBeGreaterThan(0);
  }
  const [whole] =
    await sql`select sum(requests)::int as requests from usage_daily where team_id = ${team.teamId}`;
  expect(whole).toEqual({ requests: QUOTA });
});
