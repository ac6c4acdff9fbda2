import { csvResponse } from '#app/_http/csv-response.ts';
import { requireMember } from '#app/_http/session.ts';
import { readUsageQuery } from '#app/_usage/usage-query.ts';
import { database } from '#db/client.ts';
import { ExportedTable, exportUsage } from '#lib/usage/export-usage.ts';
import { spanOf } from '#lib/usage/usage-span.ts';

/** Downloads a table of the usage page with the page's filters and all rows. */
export async function GET(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const given = new URL(request.url).searchParams;
  const { app, key, member: person, endpoint, environment, ...query } = readUsageQuery(given);
  const table = ExportedTable.catch('time').parse(given.get('table'));
  const now = new Date();
  const csv = await exportUsage(
    { db: database(), member },
    {
      scope: { app, key, member: person, endpoint, environment },
      span: spanOf(query, now),
      compare: query.compare !== 'off',
      now,
    },
    table,
  );
  if (csv === null) return new Response('Not found', { status: 404 });
  return csvResponse(`${member.teamSlug}-usage-${table}-${now.toISOString().slice(0, 10)}.csv`, csv);
}
