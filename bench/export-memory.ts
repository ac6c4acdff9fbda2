import { parseArgs } from 'node:util';
import { connect } from '../db/client.ts';
import { mint } from '../lib/access/member.ts';
import { exportRequests } from '../lib/request-log/export-requests.ts';
import { LogFilter } from '../lib/request-log/log-filter.ts';

/** Exports one team's whole log, discards it, and prints how much memory that takes. */
type Options = { url: string; slug: string; format: 'csv' | 'ndjson' };

async function measure({ url, slug, format }: Options): Promise<void> {
  const { sql, db } = connect(url, { max: 2 });
  try {
    const [owner] = await sql<{ memberId: string; userId: string; teamId: string }[]>`
      select m.id as "memberId", m.user_id as "userId", m.team_id as "teamId" from members m join teams t on t.id = m.team_id
      where t.slug = ${slug} and m.role = 'owner'`;
    if (!owner) throw new Error(`No team ${slug}.`);
    const member = mint({
      ...owner,
      teamSlug: slug,
      role: 'owner',
      name: 'Bench',
      email: 'bench@example.com',
      ip: null,
    });
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let most = before;
    let bytes = 0;
    let lines = 0;
    const began = performance.now();
    for await (const part of await exportRequests({ db, member }, { filter: LogFilter.parse({}), format })) {
      bytes += Buffer.byteLength(part);
      lines += part.split('\n').length - 1;
      most = Math.max(most, process.memoryUsage().rss);
    }
    const seconds = (performance.now() - began) / 1_000;
    const mb = (value: number) => (value / 1024 / 1024).toFixed(0);
    console.log(
      `${format}: ${lines.toLocaleString('en')} lines, ${mb(bytes)} MB in ${seconds.toFixed(0)} s (${Math.round(lines / seconds).toLocaleString('en')} rows/s); memory ${mb(before)} MB before, ${mb(most)} MB at most, growth ${mb(most - before)} MB`,
    );
  } finally {
    await sql.end();
  }
}

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    slug: { type: 'string', default: 'bench-0' },
    format: { type: 'string', default: 'csv' },
  },
});
if (!values.url) throw new Error('--url names a database that seed-usage.ts has filled.');
await measure({ url: values.url, slug: values.slug, format: values.format === 'ndjson' ? 'ndjson' : 'csv' });
