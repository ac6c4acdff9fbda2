import { parseArgs } from 'node:util';
import type postgres from 'postgres';
import { connect } from '../db/client.ts';
import { type Member, mint } from '../lib/access/member.ts';
import { listRequests } from '../lib/usage/list-requests.ts';
import { readLogFilter } from '../lib/usage/log-filter.ts';

type Query = Record<string, string>;

const each = (name: string, values: readonly string[]): Query[] => values.map((value) => ({ [name]: value }));
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** Times the log page of a large, a middling and a small team with any one filter, on what seed-usage.ts has filled. */
async function measure(url: string, rounds: number): Promise<void> {
  const { sql, db } = connect(url, { max: 4 });
  try {
    for (const slug of ['bench-0', 'bench-20', 'bench-400']) {
      const member = await ownerOf(sql, slug);
      if (!member) continue;
      for (const [name, queries] of Object.entries(await queriesOf(sql, member.teamId))) {
        const took: number[] = [];
        let stopped = 0;
        for (let i = 0; i < rounds; i++) {
          for (const query of queries) {
            const began = performance.now();
            const page = await listRequests({ db, member }, readLogFilter(query).filter);
            took.push(performance.now() - began);
            if (page.searchedTo) stopped++;
          }
        }
        took.sort((a, b) => a - b);
        const at = (share: number) => took[Math.floor((took.length - 1) * share)]!.toFixed(1).padStart(6);
        console.log(
          `${slug.padEnd(10)} ${name.padEnd(12)} p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms  stopped at its budget ${stopped} of ${took.length}`,
        );
      }
    }
  } finally {
    await sql.end();
  }
}

async function ownerOf(sql: postgres.Sql, slug: string): Promise<Member | null> {
  const [row] = await sql<{ memberId: string; userId: string; teamId: string }[]>`
    select m.id as "memberId", m.user_id as "userId", m.team_id as "teamId" from members m join teams t on t.id = m.team_id
    where t.slug = ${slug} and m.role = 'owner'`;
  return row
    ? mint({ ...row, teamSlug: slug, role: 'owner', name: 'Bench', email: 'bench@example.com', ip: null })
    : null;
}

/** For each filter what is there often, seldom and not at all. */
async function queriesOf(sql: postgres.Sql, teamId: string): Promise<Record<string, Query[]>> {
  const texts = async (query: postgres.PendingQuery<{ text: string }[]>) =>
    (await query).map(({ text }) => text);
  const keys = await texts(sql`select key_id as text from credentials where team_id = ${teamId}`);
  const apps = await texts(sql`select public_id as text from applications where team_id = ${teamId}`);
  const people = await texts(sql`select id::text as text from members where team_id = ${teamId}`);
  const endpoints = await texts(sql`select id::text as text from endpoints`);
  const ids = await texts(
    sql`select id::text as text from usage_records where team_id = ${teamId} order by id limit 3`,
  );
  const ips = await texts(
    sql`select client_ip as text from usage_records where team_id = ${teamId} order by id desc limit 5`,
  );
  return {
    none: [{}],
    'page far back': each('before', ids),
    time: [...each('from', ['1h', '7d']), { from: daysAgo(20), to: daysAgo(19) }, { to: daysAgo(25) }],
    key: each('key', keys),
    app: each('app', apps),
    member: each('member', people),
    endpoint: each('endpoint', endpoints),
    method: each('method', ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
    status: each('status', ['200', '201', '302', '403', '404', '418', '429', '500', '502', '503']),
    'status class': each('status', ['2xx', '3xx', '4xx', '5xx', 'refused', 'failed']),
    reason: each('reason', ['quota_exceeded', 'ip_not_allowed', 'upstream_unreachable', 'credential_paused']),
    outcome: each('outcome', ['answered', 'refused', 'aborted', 'unknown', 'open']),
    address: each('ip', [...ips, '8.8.8.8']),
    network: each('ip', ['10.1.0.0/16', '10.0.0.0/8', `${ips[0]}/24`, '8.8.0.0/16']),
    environment: each('environment', ['production', 'development', 'staging']),
    via: each('via', ['api', 'tester']),
    id: each('id', ids),
    path: each('path', ['things/3', 'THINGS/39', 'nowhere']),
  };
}

const { values } = parseArgs({
  options: { url: { type: 'string' }, rounds: { type: 'string', default: '10' } },
});
if (!values.url) throw new Error('--url names a database that seed-usage.ts has filled.');
await measure(values.url, Number(values.rounds));
