import type postgres from 'postgres';
import { v7 } from 'uuid';
import type { Db } from '#db/client.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { ingestSegments } from '#lib/metering/ingest.ts';
import { completionLine, intentLine, type LineSubject, refusalLine } from '#lib/metering/lines.ts';
import { REASONS } from '#lib/refusals/reasons.ts';
import { type Calendar, DAY_MS, HOUR_MS } from './calendar.ts';
import type { Key, Keys } from './keys.ts';
import { type Source, trafficOf } from './traffic.ts';

const DAYS = 90;
/** Usage per minute is only kept for the last days. */
const MINUTES_DAYS = 3;
const LINES_PER_SEGMENT = 4_000;
const CITIES = ['lisbon', 'porto', 'hamburg', 'oslo', 'kyoto', 'lima', 'wellington', 'toronto', 'nairobi'];

type Endpoint = { id: string; apiId: string; method: string; path: string };
type Random = () => number;

/**
 * Ninety days of requests through the real ingest, so that rows and rollups agree. Adds what the gateway would have
 * reserved of each day's quota, so that reconciliation finds no differences.
 */
export async function seedCalls(
  db: Db,
  sql: postgres.Sql,
  calendar: Calendar,
  teamId: string,
  keys: Keys,
): Promise<void> {
  const offered = await db
    .select({ id: endpoints.id, apiId: endpoints.apiId, method: endpoints.method, path: endpoints.path })
    .from(endpoints);
  const byOperation = new Map(offered.map((one) => [`${one.method} ${one.path}`, one]));
  const random = dice(7);
  const lines = trafficOf(calendar)
    .flatMap((source) =>
      momentsOf(source, calendar, random).map(
        (at) => [at, linesOf(source, keys[source.key], at, byOperation, random)] as const,
      ),
    )
    .sort(([one], [other]) => one - other)
    .flatMap(([, ofCall]) => ofCall);

  const nodeId = v7();
  await sql`select make_usage_partition('usage_records', day::date)
    from generate_series((now() at time zone 'utc')::date - ${DAYS}::int, (now() at time zone 'utc')::date - 2, interval '1 day') day`;
  await sql`select make_usage_partition('usage_minutes', (now() at time zone 'utc')::date - ${MINUTES_DAYS - 1}::int)`;
  for (let from = 0; from < lines.length; from += LINES_PER_SEGMENT) {
    const part = lines.slice(from, from + LINES_PER_SEGMENT);
    const text = part.join('').trimEnd();
    await ingestSegments(sql, nodeId, [{ id: `demo/${v7()}`, text, lines: part.length }]);
  }
  await sql`delete from usage_minutes_default`;
  await sql`
    with days as (
      select day, count(*)::int as used from usage_records where team_id = ${teamId} and counted group by day
    ), reserved as (
      insert into quota_days (kind, subject_id, day, reserved) select 'team', ${teamId}, day, used from days
    )
    insert into quota_grants (node_id, kind, subject_id, day, granted, settled_at)
    select ${nodeId}, 'team', ${teamId}, day, used, now() from days`;
}

/** When a source sends requests, in ms since the epoch. */
function momentsOf(source: Source, { now, at }: Calendar, random: Random): number[] {
  const [from, until] = [source.from.getTime(), source.until.getTime()];
  if (source.count !== undefined)
    return Array.from({ length: source.count }, () => from + random() * (until - from));
  const [opens, closes] = source.hours ?? [0, 24];
  const moments: number[] = [];
  for (let day = DAYS - 1; day >= 0; day--) {
    const midnight = at(day, 0).getTime();
    const isWeekend = [0, 6].includes(new Date(midnight).getUTCDay());
    const began = source.grownFrom ?? 1;
    const grown = began + (1 - began) * (1 - (now - midnight) / (DAYS * DAY_MS));
    const count =
      (source.perDay ?? 0) * grown * (isWeekend ? (source.weekend ?? 1) : 1) * (0.8 + random() * 0.4);
    for (let call = 0; call < Math.round(count); call++) {
      // The mean of two random numbers makes midday busier than the edges.
      const moment = midnight + (opens + ((random() + random()) / 2) * (closes - opens)) * HOUR_MS;
      if (moment >= from && moment < until) moments.push(moment);
    }
  }
  return moments;
}

function linesOf(
  source: Source,
  key: Key,
  atMs: number,
  byOperation: Map<string, Endpoint>,
  random: Random,
): string[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() ** 1.6 * of.length)]!; // Never past the end.
  const operation = pick(source.calls);
  const endpoint = byOperation.get(operation);
  const [method, template] = operation.split(' ') as [string, string]; // `METHOD /path`, all of them.
  const misses = random() < 0.02;
  const [clientIp, userAgent] = pick(source.clients);
  const call: LineSubject = {
    ...{ id: v7({ msecs: Math.floor(atMs) }), atMs, day: new Date(atMs).toISOString().slice(0, 10) },
    ...{ credential: key, method, clientIp, userAgent },
    route: endpoint ? { apiId: endpoint.apiId, endpointId: endpoint.id } : null,
    path: `/weather${template.replace('{city}', misses ? 'atlantis' : pick(CITIES))}`,
  };
  if (source.refused) {
    const { status } = REASONS[source.refused];
    return [refusalLine(call, { status, reason: source.refused, latencyMs: 0.2 + random() / 2 })];
  }
  const isLost = random() < 0.0015;
  const isLeft = random() < 0.002;
  const isPost = method === 'POST';
  const missed = misses ? (isPost ? 422 : template.includes('{city}') ? 404 : 200) : isPost ? 201 : 200;
  const latencyMs = (template.includes('forecast') ? 18 : 6) * Math.exp(random() * 1.2 + random() ** 8 * 3);
  return [
    intentLine(call),
    completionLine(call, {
      outcome: isLeft ? 'aborted' : 'answered',
      status: isLeft ? null : isLost ? 502 : (source.status ?? missed),
      reason: isLost && !isLeft ? 'upstream_unreachable' : null,
      counted: isLeft || !isLost,
      ...{ latencyMs, upstreamMs: isLeft || isLost ? undefined : latencyMs - 0.4 - random() / 2 },
      bytesIn: isPost ? 60 + Math.floor(random() * 30) : 0,
      bytesOut: 120 + Math.floor(random() * 900),
    }),
  ];
}

/** A Lehmer generator, so that every demo has the same requests. */
function dice(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
