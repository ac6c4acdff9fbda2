import type { Metadata } from 'next';
import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { roleTitle } from '#app/t/[team]/members/roles.ts';
import { PersonStatus } from '#app/t/[team]/members/status-badge.tsx';
import { can } from '#lib/access/permissions.ts';
import { Changes } from './changes.tsx';
import { loadActivity } from './load-activity.ts';
import { Requests } from './requests.tsx';
import { SignIns } from './sign-ins.tsx';

type Props = { params: Promise<{ team: string; member: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { activity } = await loadActivity(params);
  return { title: `${activity.profile.name} · My Team` };
}

export default async function MemberActivityPage({ params }: Props) {
  const { member, activity, base } = await loadActivity(params);
  const { profile, signIns, calls, changes } = activity;
  const isRemoved = profile.status === 'removed';
  return (
    <>
      <Crumb segment={profile.memberId} label={profile.name} />
      <PageHeader
        title={profile.name}
        description="Sign-ins, requests with their own key, and changes in this team."
        actions={<LinkButton href={`${base}/usage`}>View Usage</LinkButton>}
      />
      <div className="flex flex-col gap-6">
        <Card title="Member">
          <DefinitionList
            items={[
              { term: 'Email', value: <span className="break-all">{profile.email}</span> },
              { term: 'Role', value: roleTitle(profile.role) },
              {
                term: 'Status',
                value: (
                  <span className="flex flex-wrap items-center gap-2">
                    {profile.status === 'removed' ? (
                      <Badge>Removed</Badge>
                    ) : (
                      <PersonStatus person={{ status: profile.status, delivery: null, link: null }} />
                    )}
                    {profile.status !== 'active' && (
                      <span className="text-sm text-muted">
                        since <DateTime value={profile.statusAt} />
                      </span>
                    )}
                  </span>
                ),
              },
              { term: 'Joined', value: <DateTime value={profile.joinedAt} /> },
            ]}
          />
        </Card>
        <SignIns signIns={signIns} isRemoved={isRemoved} />
        <Requests calls={calls} team={member.teamSlug} memberId={profile.memberId} />
        <Changes
          changes={changes}
          auditHref={
            can(member, 'audit.view')
              ? `/t/${member.teamSlug}/members/audit?person=${profile.userId}`
              : undefined
          }
        />
      </div>
    </>
  );
}
