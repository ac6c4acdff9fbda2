import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeOpenCalls, type IngestedSegment, ingestSegments } from '#lib/metering/ingest.ts';
import { completionLine, intentLine, refusalLine } from '#lib/metering/lines.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { anEnd, aSpooledCall } from '#tests/support/usage-rows.ts';

/** If processes crash while they ship segments and others take over, each request still counts once, with its outcome. */

const ROUNDS = 60;
let own: OwnDatabase;
let key: Parameters<typeof aSpooledCall>[0];

beforeAll(async () => {
  own = await ownDatabase();
  key = { ...(await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)))), memberId: null };
});
afterAll(() => own?.drop());

const any = (count: number) => Math.floor(Math.random() * count);

type Ended = { id: string; outcome: string; status: number | null };

/** Requests as a process spools them: started and finished in any order, some never, split into segments anywhere. */
function aSpool(): { segments: IngestedSegment[]; ended: Ended[] } {
  const pending: string[] = [];
  const lines: string[] = [];
  const ended: Ended[] = [];
  for (let calls = 1 + any(12); calls > 0 || pending.length > 0; ) {
    if (calls > 0 && any(2) === 0) {
      calls--;
      const call = aSpooledCall(key, new Date());
      const status = [200, 404, 500][any(3)]!;
      const how = any(6);
      if (how === 0) lines.push(refusalLine(call, { status: 403, reason: 'ip_not_allowed', latencyMs: 1 }));
      else lines.push(intentLine(call));
      if (how > 1) pending.push(completionLine(call, anEnd({ status })));
      const outcome = how === 0 ? 'refused' : how === 1 ? 'unknown' : 'answered';
      ended.push({ id: call.id, outcome, status: how === 0 ? 403 : how === 1 ? null : status });
    } else if (pending.length > 0) lines.push(...pending.splice(any(pending.length), 1));
  }
  const segments: IngestedSegment[] = [];
  while (lines.length > 0) {
    const own = lines.splice(0, 1 + any(4));
    segments.push({ id: crypto.randomUUID(), text: own.join('').trimEnd(), lines: own.length });
  }
  return { segments, ended };
}

class Killed extends Error {}

/** A connection of a process that crashes at one of its transactions: before it, or right after its commit. */
function dyingConnection(sql: postgres.Sql, transactions: number, after: boolean): postgres.Sql {
  let left = transactions;
  const begin = async (work: Parameters<postgres.Sql['begin']>[1]) => {
    const dies = left-- === 0;
    if (dies && !after) throw new Killed();
    const result = await sql.begin(work);
    if (dies) throw new Killed();
    return result;
  };
  return new Proxy(sql, { get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)) });
}

async function moveAll(nodeId: string, segments: readonly IngestedSegment[]): Promise<void> {
  let left = [...segments];
  while (left.length > 0) {
    const batch = left.slice(0, 1 + any(left.length));
    const kind = any(4);
    const sql = kind === 0 ? dyingConnection(own.sql, any(3), any(2) === 0) : own.sql;
    // Two concurrently: each living process takes over the segments of a crashed one.
    const movers = [sql, ...(kind === 1 ? [own.sql] : [])].map((by, n) =>
      ingestSegments(by, nodeId, n === 0 ? batch : left.slice(0, 1 + any(left.length))),
    );
    const moved = await Promise.allSettled(movers);
    for (const one of moved)
      if (one.status === 'rejected' && !(one.reason instanceof Killed)) throw one.reason;
    const isRemoved = moved[0]!.status === 'fulfilled' && any(10) > 0;
    if (isRemoved) left = left.filter((segment) => !batch.includes(segment));
  }
}

test(`in ${ROUNDS} spools shipped with crashes, replays and concurrency, every request counts once with its outcome`, async () => {
  const all: Ended[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const nodeId = crypto.randomUUID();
    const { segments, ended } = aSpool();
    await moveAll(nodeId, segments);
    await closeOpenCalls(own.sql, nodeId);
    const rows = await own.sql<Ended[]>`
      select id::text, outcome::text, status from usage_records where node_id = ${nodeId}`;
    const byId = (a: Ended, b: Ended) => (a.id < b.id ? -1 : 1);
    expect([...rows].sort(byId), JSON.stringify(segments)).toEqual(ended.sort(byId));
    all.push(...ended);
  }
  const [sums] = await own.sql`
    select (select sum(calls)::int from usage_minutes) as minutes, (select sum(calls)::int from usage_days) as days,
      (select sum(requests + refused)::int from usage_daily) as daily, (select sum(errors)::int from usage_daily) as errors,
      (select sum(calls)::int from usage_clients) as clients`;
  const [calls, errors] = [
    all.length,
    all.filter(({ outcome, status }) => outcome === 'unknown' || (outcome === 'answered' && status !== 200)),
  ];
  expect(sums).toEqual({ minutes: calls, days: calls, daily: calls, clients: calls, errors: errors.length });
});
