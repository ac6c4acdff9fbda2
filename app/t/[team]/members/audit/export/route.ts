import { csvResponse } from '#app/_http/csv-response.ts';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { exportEvents } from '#lib/audit/export-events.ts';
import { EventFilter } from '#lib/audit/list-events.ts';

/** The filtered audit log as CSV. */
export async function GET(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  if (!can(member, 'audit.view')) return new Response('Your role doesn’t allow this.', { status: 403 });
  const given = [...new URL(request.url).searchParams].map(([name, value]) => [name, value || undefined]);
  const filter = EventFilter.parse(Object.fromEntries(given));
  const day = new Date().toISOString().slice(0, 10);
  return csvResponse(
    `${member.teamSlug}-audit-log-${day}.csv`,
    exportEvents({ db: database(), member }, filter),
  );
}
