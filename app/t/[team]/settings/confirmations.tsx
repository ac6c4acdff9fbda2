import Link from 'next/link';
import { DateTime } from '#app/_components/date-time.tsx';
import type { Settings } from '#lib/teams/read-settings.ts';

/** How many active members confirmed the current guidelines. */
export function Confirmations({ settings, team }: { settings: Settings; team: string }) {
  const { guidelinesAt, people } = settings;
  if (!guidelinesAt) return null;
  return (
    <p className="mt-4 text-muted">
      {people.confirmed} of {people.active} members confirmed the version of <DateTime value={guidelinesAt} />
      .{' '}
      <Link href={`/t/${team}/guidelines`} className="text-accent underline underline-offset-2">
        View as a member
      </Link>
    </p>
  );
}
