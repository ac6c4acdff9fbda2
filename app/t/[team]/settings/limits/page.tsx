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
import { type Limits, readLimits, SHARES_LISTED } from '#lib/teams/read-limits.ts';
import { CapsTable } from './caps-table.tsx';
import { ReserveForm } from './reserve-form.tsx';

export const metadata: Metadata = { title: 'Usage limits' };

const number = (value: number) => value.toLocaleString('en');

export default async function LimitsPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const limits = await readLimits({ db: database(), member });
  const team = member.teamSlug;
  const mayEdit = can(member, 'quota.edit');
  const apps = limits.apps.map(({ appId, title, ...share }) => ({ id: appId, name: title, ...share }));
  const people = limits.people.map(({ memberId, email, ...share }) => ({
    ...{ id: memberId, note: email },
    ...share,
  }));
  return (
    <>
      <PageHeader
        title="Usage limits"
        description="What your plan allows, and how the team shares it: all keys draw on the same daily quota."
      />
      <div className="flex max-w-[720px] flex-col gap-6">
        {!mayEdit && <Callout>Only owners change how the quota is shared.</Callout>}
        <PlanCard limits={limits} supportEmail={env().SUPPORT_EMAIL} />
        <Card title="Production first" description="Keeps tests from using up what your live apps need.">
          {limits.used && (
            <p className="mb-4">
              {number(limits.used.production)} of today’s {number(limits.used.requests)} calls came with
              Production keys.
            </p>
          )}
          {limits.productionReserve > limits.dailyQuota && (
            <div className="mb-4">
              <Callout tone="warning" title="The reserve is larger than the quota">
                The daily quota was lowered since. Development and Staging keys are refused until the reserve
                is lowered too.
              </Callout>
            </div>
          )}
          {mayEdit ? (
            <ReserveForm team={team} reserve={limits.productionReserve} dailyQuota={limits.dailyQuota} />
          ) : (
            <p className="text-muted">
              Reserve for Production: {number(limits.productionReserve)} of {number(limits.dailyQuota)} calls
              a day.
            </p>
          )}
        </Card>
        {!limits.ownOnly && (
          <Card
            flush
            title="Daily cap per app"
            description={`How much of the day’s quota the keys of one app may use. An empty field sets no cap.${more(apps)}`}
          >
            <CapsTable team={team} of="app" label="Apps" shares={apps} mayEdit={mayEdit} />
          </Card>
        )}
        <Card
          flush
          title={limits.ownOnly ? 'Your daily cap' : 'Daily cap per member'}
          description={
            limits.ownOnly
              ? 'How much of the day’s quota your own key may use.'
              : `How much of the day’s quota a member’s own key may use. An empty field sets no cap.${more(people)}`
          }
        >
          <CapsTable team={team} of="member" label="Members" shares={people} mayEdit={mayEdit} />
        </Card>
      </div>
    </>
  );
}

const more = (listed: readonly unknown[]) =>
  listed.length === SHARES_LISTED
    ? ` The ${SHARES_LISTED} with a cap or with the most calls today are listed.`
    : '';

function PlanCard({ limits, supportEmail }: { limits: Limits; supportEmail: string | undefined }) {
  const { planName, dailyQuota, used } = limits;
  const limited = (value: number | null) => (value === null ? 'No limit' : number(value));
  return (
    <Card
      title={`Plan: ${planName}`}
      description="Days are UTC: the quota is whole again at midnight."
      actions={
        supportEmail && (
          <a href={`mailto:${supportEmail}`} className="text-accent underline underline-offset-2">
            Ask for more
          </a>
        )
      }
    >
      {used && (
        <>
          <Progress value={used.requests} max={dailyQuota} label="Requests today" />
          <p className="mt-2 mb-4 text-muted">
            {number(used.requests)} of {number(dailyQuota)} calls used today,{' '}
            {number(Math.max(0, dailyQuota - used.requests))} left
          </p>
        </>
      )}
      <DefinitionList
        items={[
          { term: 'Daily quota', value: `${number(dailyQuota)} calls` },
          {
            term: 'Burst',
            value: `${number(limits.burstRequests)} calls in ${number(limits.burstWindowSeconds)} ${limits.burstWindowSeconds === 1 ? 'second' : 'seconds'}`,
          },
          { term: 'Log retention', value: `${number(limits.retentionDays)} days` },
          { term: 'Members', value: limited(limits.membersMax) },
          { term: 'Apps', value: limited(limits.applicationsMax) },
        ]}
      />
    </Card>
  );
}
