import { currentUser } from '#app/_http/session.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import { database } from '#db/client.ts';
import { findMember } from '#lib/access/member.ts';
import { ExportFormat, exportRequests } from '#lib/request-log/export-requests.ts';
import { FILTER_NAMES, readLogFilter } from '#lib/request-log/log-filter.ts';
import { fileStream } from './file-stream.ts';
import { takeExport } from './running.ts';

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Downloads the filtered log. A POST, because it writes an audit row. Cross-site forms are rejected in middleware.ts. */
export async function POST(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  const user = await currentUser();
  if (!user) return seeOther('/sign-in');
  const db = database();
  const member = await findMember(db, user, team);
  if (!member) return new Response('Not found.', { status: 404 });
  // formData() rejects when the body isn't a form: the client's mistake.
  const sent = await request.formData().catch(() => null);
  if (!sent) return new Response('Send the filters as form data.', { status: 400 });
  const form = Object.fromEntries(
    [...sent].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const { filter } = readLogFilter(form);
  const format = ExportFormat.catch('csv').parse(form.format);
  const release = takeExport(member.userId);
  if (!release) {
    const filters = Object.fromEntries(FILTER_NAMES.map((name) => [name, filter[name]]));
    return seeOther(hrefWith(`/t/${member.teamSlug}/logs`, filters, { notice: 'export-running' }));
  }
  try {
    const parts = await exportRequests({ db, member }, { filter, format });
    const day = new Date().toISOString().slice(0, 10);
    return new Response(fileStream(parts, release), {
      headers: {
        'Content-Type': TYPES[format],
        // A slug and a date: nothing in the name needs quoting (RFC 6266).
        'Content-Disposition': `attachment; filename="${member.teamSlug}-requests-${day}.${format}"`,
        'Cache-Control': 'no-store',
      },
    });
  } catch (error) {
    release();
    throw error;
  }
}

const seeOther = (to: string) => new Response(null, { status: 303, headers: { Location: to } });
