import type { Metadata } from 'next';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readSettings } from '#lib/teams/read-settings.ts';
import { Confirmations } from './confirmations.tsx';
import { DeleteTeam } from './delete-team.tsx';
import { GeneralForm } from './general-form.tsx';
import { GuidelinesForm } from './guidelines-form.tsx';
import { KeyPolicy } from './key-policy.tsx';
import { ReadOnly } from './read-only.tsx';
import { TwoFactorSwitch } from './two-factor-switch.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const settings = await readSettings({ db: database(), member });
  const team = member.teamSlug;
  const { name, description, reviewDays } = settings;
  const canEdit = can(member, 'team.edit');
  return (
    <>
      <PageHeader title="Settings" description={`Name, guidelines, security and key policy of ${name}.`} />
      <div className="flex max-w-[720px] flex-col gap-6">
        {!canEdit && <Callout>Only owners can change these settings.</Callout>}
        <Card title="API ID" description="Identifies this team to support and to the APIs your apps use.">
          <div className="flex flex-wrap items-center gap-3">
            <code className="font-mono break-all">{settings.apiId}</code>
            <CopyButton value={settings.apiId} name="API ID" />
          </div>
        </Card>
        {canEdit ? (
          <>
            <Card title="General">
              <GeneralForm team={team} name={name} description={description} reviewDays={reviewDays} />
            </Card>
            <Card
              title="Team guidelines"
              description="Members read and confirm them, and again after each change."
            >
              <GuidelinesForm team={team} guidelines={settings.guidelines} />
              <Confirmations settings={settings} team={team} />
            </Card>
            <Card title="Security">
              <TwoFactorSwitch
                team={team}
                required={settings.requiresTwoFactor}
                own={settings.own.hasTwoFactor}
                missing={settings.people.active - settings.people.withTwoFactor}
              />
            </Card>
          </>
        ) : (
          <ReadOnly settings={settings} team={team} />
        )}
        <KeyPolicy member={member} />
        {can(member, 'team.delete') && (
          <Card
            title="Delete team"
            description="All API keys stop working immediately and nobody can open the team. An owner can restore it for 30 days."
            className="border-danger/40!"
          >
            <DeleteTeam team={team} name={name} />
          </Card>
        )}
      </div>
    </>
  );
}
