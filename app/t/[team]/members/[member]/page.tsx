import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { z } from 'zod';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readMemberActivity } from '#lib/members/read-member-activity.ts';
import { Badge } from '../../../../_components/badge.tsx';
import { Card } from '../../../../_components/card.tsx';
import { DateTime } from '../../../../_components/date-time.tsx';
import { DefinitionList } from '../../../../_components/definition-list.tsx';
import { PageHeader } from '../../../../_components/page-header.tsx';
import { Crumb } from '../../../../_shell/breadcrumbs.tsx';
import { requireMember } from '../../../../session.ts';
import { roleTitle } from '../roles.ts';
import { PersonStatus } from '../status-badge.tsx';
import { Calls } from './calls.tsx';
import { Changes } from './changes.tsx';
import { SignIns } from './sign-ins.tsx';

type Props = { params: Promise<{ team: string; member: string }> };

const load = cache(async (team: string, memberId: string) => {
  const member = await requireMember(team);
  if (!z.uuid().safeParse(memberId).success) notFound();
  // Who may not watch others gets the list of members, which he may read.
  if (memberId !== member.memberId && !can(member, 'member.activity')) redirect(`/t/${team}/members`);
  const activity = await readMemberActivity({ db: database(), member }, memberId);
  return { member, activity: activity ?? notFound() };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { team, member } = await params;
  const { activity } = await load(team, member);
  return { title: `${activity.profile.name} · My Team` };
}

export default async function MemberActivityPage({ params }: Props) {
  const { team, member: memberId } = await params;
  const { activity } = await load(team, memberId);
  const { profile, signIns, calls, changes } = activity;
  const isRemoved = profile.status === 'removed';
  return (
    <>
      <Crumb segment={memberId} label={profile.name} />
      <PageHeader
        title={profile.name}
        description="When they signed in, what they called with their own key, and what they changed."
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
                      <PersonStatus person={{ status: profile.status, delivery: null, expired: false }} />
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
        <Calls calls={calls} team={team} />
        <Changes changes={changes} />
      </div>
    </>
  );
}
