import { notFound } from 'next/navigation';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { exportIncident } from '#lib/incidents/export-incident.ts';
import { OneIncident } from '#lib/incidents/input.ts';
import { reportMarkdown } from '#lib/incidents/report-text.ts';

const TYPES = {
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const;

/** An incident's report as a file. Downloading it does not mark the incident as reported. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ team: string; incident: string }> },
) {
  const { team, incident } = await params;
  const member = await requireMember(team);
  const parsed = OneIncident.safeParse({ incidentId: incident });
  const report = parsed.success && (await exportIncident({ db: database(), member }, parsed.data));
  if (!report) notFound();
  const wanted = new URL(request.url).searchParams.get('format');
  const format = wanted === 'json' || wanted === 'txt' ? wanted : 'md';
  const body = format === 'json' ? JSON.stringify(report, null, 2) : reportMarkdown(report);
  return new Response(body, {
    headers: {
      'Content-Type': TYPES[format],
      'Content-Disposition': `attachment; filename="${incident}.${format}"`,
      'Cache-Control': 'no-store',
    },
  });
}
