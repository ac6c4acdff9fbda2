import { csvResponse } from '#app/_http/csv-response.ts';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { exportCredentials } from '#lib/credentials/export-credentials.ts';
import { KeysFilter } from '#lib/credentials/list-team-credentials.ts';

/** The filtered keys as a file without secrets. Members get only their own. */
export async function GET(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const given = [...new URL(request.url).searchParams].map(([name, value]) => [name, value || undefined]);
  const filter = KeysFilter.parse(Object.fromEntries(given));
  const day = new Date().toISOString().slice(0, 10);
  return csvResponse(
    `${member.teamSlug}-api-keys-${day}.csv`,
    exportCredentials({ db: database(), member }, filter),
  );
}
