import { Card } from '#app/_components/card.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { formatCount } from '#lib/format.ts';
import { readKeyPolicy } from '#lib/teams/set-key-policy.ts';
import { KeyPolicyForm } from './key-policy-form.tsx';
import { Scanner } from './key-policy-scanner.tsx';

const daysText = (days: number | null) =>
  days === null ? <span className="text-muted">No limit</span> : formatCount(days, 'day');

/** The team's key policy. Owners can change it; everyone can read it. */
export async function KeyPolicy({ member }: { member: Member }) {
  const policy = await readKeyPolicy({ db: database(), member });
  return (
    <Card title="Key policy" description="What happens to leaked keys, and when to rotate keys.">
      {can(member, 'policy.edit') ? (
        <KeyPolicyForm team={member.teamSlug} policy={policy} />
      ) : (
        <DefinitionList
          items={[
            {
              term: 'Exposed keys',
              value: policy.revokesExposed ? 'Revoked automatically' : 'Marked as exposed',
            },
            { term: 'Replace Development keys after', value: daysText(policy.rotationDaysDevelopment) },
            { term: 'Replace Staging keys after', value: daysText(policy.rotationDaysStaging) },
            { term: 'Replace Production keys after', value: daysText(policy.rotationDaysProduction) },
          ]}
        />
      )}
      <Scanner />
    </Card>
  );
}
