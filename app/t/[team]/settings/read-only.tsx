import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import type { Settings } from '#lib/teams/read-settings.ts';

/** The settings for members who can't change them. */
export function ReadOnly({ settings, team }: { settings: Settings; team: string }) {
  const { name, description, requiresTwoFactor, reviewDays, createdAt, guidelinesAt } = settings;
  return (
    <Card title="General">
      <DefinitionList
        items={[
          { term: 'Team name', value: name },
          { term: 'Description', value: description || <span className="text-muted">None</span> },
          {
            term: 'Guidelines',
            value: guidelinesAt ? (
              <Link href={`/t/${team}/guidelines`} className="text-accent hover:underline">
                Read the guidelines
              </Link>
            ) : (
              <span className="text-muted">None</span>
            ),
          },
          { term: 'Two-factor authentication', value: requiresTwoFactor ? 'Required' : 'Not required' },
          { term: 'Membership review', value: `Every ${reviewDays} days` },
          { term: 'Created', value: <DateTime value={createdAt} format="date" /> },
        ]}
      />
    </Card>
  );
}
