import Link from 'next/link';
import { DateTime } from '#app/_components/date-time.tsx';
import type { Settings } from '#lib/teams/read-settings.ts';

/** How many of the active members have confirmed the guidelines as they stand. */
export function Confirmations({ settings, team }: { settings: Settings; team: string }) {
  const { guidelinesAt, people } = settings;
  if (!guidelinesAt) return null;
  return (
    <p className="mt-4 text-muted">
      {people.confirmed} of {people.active} members confirmed the text of <DateTime value={guidelinesAt} />.{' '}
      <Link href={`/t/${team}/guidelines`} className="text-accent underline underline-offset-2">
        Read it as members do
      </Link>
    </p>
  );
}
