import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { RestrictionsForm } from '#app/_keys/restrictions-form.tsx';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readOwnKey } from '#lib/credentials/read-own-key.ts';
import { AppNotice } from './app-notice.tsx';
import { OwnKeySection } from './own-key.tsx';

export const metadata: Metadata = { title: 'My API key' };

export default async function MyKeyPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const { key, team, app, requestsToday } = await readOwnKey({ db: database(), member });
  const slug = member.teamSlug;
  // For a reader who can see all requests, the log is filtered by this key.
  const ownLog = can(member, 'usage.view') && key ? `/t/${slug}/logs?key=${key.keyId}` : `/t/${slug}/logs`;
  return (
    <>
      <PageHeader
        title="My API key"
        description={`Your own key in ${team.name}. Its requests count toward the team’s quota and are in your request log.`}
        actions={<LinkButton href={ownLog}>My request log</LinkButton>}
      />
      <div className="flex max-w-[860px] flex-col gap-6">
        {app && <AppNotice app={app} team={slug} canManage={can(member, 'application.connect')} />}
        <OwnKeySection team={slug} ownKey={key} usage={{ requestsToday, dailyQuota: team.dailyQuota }} />
        {key && (
          <Card title="Restrictions" description="Where your key can be used from.">
            <RestrictionsForm key={key.keyId} team={slug} credential={key} currentIp={member.ip} />
          </Card>
        )}
        <Card title="API ID" description="Identifies your team to the API’s provider. Not a secret.">
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-sm break-all">{team.apiId}</code>
            <CopyButton value={team.apiId} name="API ID" />
          </span>
        </Card>
        <Card
          title="Password management"
          description="Change your password, sessions and name in your profile."
        >
          <LinkButton href="/account">Open your profile</LinkButton>
        </Card>
      </div>
    </>
  );
}
