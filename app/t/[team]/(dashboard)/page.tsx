import type { Metadata } from 'next';
import { Suspense } from 'react';
import { LinkButton } from '#app/_components/button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { env } from '#lib/env.ts';
import { readDashboard } from '#lib/usage/read-dashboard.ts';
import { Checklists } from './checklists.tsx';
import { ContactUs } from './contact-us.tsx';
import { Counts } from './counts.tsx';
import { Documentation } from './documentation.tsx';
import { Findings } from './findings.tsx';
import { GuidelinesCallout } from './guidelines-callout.tsx';
import { LatestRequests } from './latest-requests.tsx';
import { OwnKeyCallout } from './own-key-callout.tsx';
import { Traffic } from './traffic.tsx';

export const metadata: Metadata = { title: 'Dashboard' };

export default async function DashboardPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const board = await readDashboard({ db: database(), member });
  const team = `/t/${member.teamSlug}`;
  const newApp = can(member, 'application.create') ? `${team}/apps/new` : undefined;
  return (
    <>
      <PageHeader
        title="Dashboard"
        description={
          board.ownOnly ? `Your API activity in ${board.team.name} today.` : 'Your team’s API activity today.'
        }
        actions={
          newApp && (
            <LinkButton href={newApp} variant="primary">
              New App
            </LinkButton>
          )
        }
      />
      <div className="flex flex-col gap-6">
        {board.guidelines.toConfirm && <GuidelinesCallout team={team} />}
        {board.ownOnly && board.keys.live === 0 && <OwnKeyCallout team={team} />}
        <Traffic board={board} team={team} />
        <Counts board={board} team={team} />
        <Suspense>
          <Findings member={member} />
        </Suspense>
        {/* Until there are requests, the setup checklists come first. */}
        {board.latest.length > 0 && <LatestRequests requests={board.latest} team={team} newApp={newApp} />}
        <div className="grid items-start gap-4 md:grid-cols-2 xl:grid-cols-3">
          <Checklists board={board} team={team} canCreate={newApp !== undefined} />
          <Documentation team={team} />
          <ContactUs email={env().SUPPORT_EMAIL} />
        </div>
        {board.latest.length === 0 && <LatestRequests requests={[]} team={team} newApp={newApp} />}
      </div>
    </>
  );
}
