import type { Metadata } from 'next';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Progress } from '#app/_components/progress.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { env } from '#lib/env.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { type Limits, readLimits, SHARES_LISTED } from '#lib/teams/read-limits.ts';
import { CapsTable } from './caps-table.tsx';
import { ReserveForm } from './reserve-form.tsx';

export const metadata: Metadata = { title: 'Usage limits' };

export default async function LimitsPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const limits = await readLimits({ db: database(), member });
  const team = member.teamSlug;
  const canEdit = can(member, 'quota.edit');
  const apps = limits.apps.map(({ appId, title, ...share }) => ({ id: appId, name: title, ...share }));
  const people = limits.people.map(({ memberId, email, ...share }) => ({
    ...{ id: memberId, note: email },
    ...share,
  }));
  return (
    <>
      <PageHeader
        title="Usage limits"
        description="Your plan’s limits and how your team shares them. All keys count toward the same daily quota."
      />
      <div className="flex max-w-[720px] flex-col gap-6">
        {!canEdit && <Callout>Only owners can change these limits.</Callout>}
        <PlanCard limits={limits} supportEmail={env().SUPPORT_EMAIL} />
        <Card
          title="Production first"
          description="Reserves part of the quota, so that tests can’t use up what your live apps need."
        >
          {limits.used && (
            <p className="mb-4">
              {formatNumber(limits.used.production)} of today’s {formatCount(limits.used.requests, 'request')}{' '}
              were made with Production keys.
            </p>
          )}
          {limits.productionReserve > limits.dailyQuota && (
            <div className="mb-4">
              <Callout tone="warning" title="The reserve is larger than the quota">
                The daily quota was lowered. Requests with Development and Staging keys are rejected until you
                lower the reserve too.
              </Callout>
            </div>
          )}
          {canEdit ? (
            <ReserveForm team={team} reserve={limits.productionReserve} dailyQuota={limits.dailyQuota} />
          ) : (
            <p className="text-muted">
              Reserve for Production: {formatNumber(limits.productionReserve)} of{' '}
              {formatCount(limits.dailyQuota, 'request')} a day.
            </p>
          )}
        </Card>
        {!limits.ownOnly && (
          <Card
            flush
            title="Daily limit per app"
            description={`How many requests a day each app’s keys can make. Leave empty for no limit.${more(apps)}`}
          >
            <CapsTable team={team} of="app" label="Apps" shares={apps} canEdit={canEdit} />
          </Card>
        )}
        <Card
          flush
          title={limits.ownOnly ? 'Your daily limit' : 'Daily limit per member'}
          description={
            limits.ownOnly
              ? 'How many requests a day your own key can make.'
              : `How many requests a day a member’s own key can make. Leave empty for no limit.${more(people)}`
          }
        >
          <CapsTable team={team} of="member" label="Members" shares={people} canEdit={canEdit} />
        </Card>
      </div>
    </>
  );
}

const more = (listed: readonly unknown[]) =>
  listed.length === SHARES_LISTED
    ? ` Only the ${SHARES_LISTED} with a limit or the most requests today are listed.`
    : '';

function PlanCard({ limits, supportEmail }: { limits: Limits; supportEmail: string | undefined }) {
  const { planName, dailyQuota, used } = limits;
  const limited = (value: number | null) => (value === null ? 'No limit' : formatNumber(value));
  return (
    <Card
      title={`Plan: ${planName}`}
      description="The daily quota resets at 00:00 UTC."
      actions={
        supportEmail && (
          <a href={`mailto:${supportEmail}`} className="text-accent underline underline-offset-2">
            Request higher limits
          </a>
        )
      }
    >
      {used && (
        <>
          <Progress value={used.requests} max={dailyQuota} label="Requests today" />
          <p className="mt-2 mb-4 text-muted">
            {formatNumber(used.requests)} of {formatCount(dailyQuota, 'request')} used today,{' '}
            {formatNumber(Math.max(0, dailyQuota - used.requests))} remaining
          </p>
        </>
      )}
      <DefinitionList
        items={[
          { term: 'Daily quota', value: formatCount(dailyQuota, 'request') },
          {
            term: 'Burst',
            value: `${formatCount(limits.burstRequests, 'request')} in ${formatCount(limits.burstWindowSeconds, 'second')}`,
          },
          { term: 'Log retention', value: formatCount(limits.retentionDays, 'day') },
          { term: 'Members', value: limited(limits.membersMax) },
          { term: 'Apps', value: limited(limits.applicationsMax) },
        ]}
      />
    </Card>
  );
}
