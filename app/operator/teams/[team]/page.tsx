import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Progress } from '#app/_components/progress.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { FIGURE_FIELDS } from '#app/operator/plans/figures-fields.tsx';
import { RetentionChanges } from '#app/operator/retention-changes.tsx';
import { database } from '#db/client.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { listPlans } from '#lib/teams/list-plans.ts';
import { listRetentionChanges } from '#lib/teams/list-retention-changes.ts';
import { readTeamForOperator, type TeamForOperator } from '#lib/teams/read-team-for-operator.ts';
import { LimitsForm } from './limits-form.tsx';
import { PlanForm } from './plan-form.tsx';

export const metadata: Metadata = { title: 'Team' };

const number = (value: number | null) => (value === null ? 'No limit' : formatNumber(value));

export default async function OperatorTeamPage({ params }: { params: Promise<{ team: string }> }) {
  const context = { db: database(), operator: await requireOperator() };
  const [team, plans] = await Promise.all([
    readTeamForOperator(context, { slug: (await params).team }),
    listPlans(context),
  ]);
  if (!team) notFound();
  const changes = await listRetentionChanges(context, { teamId: team.id });
  return (
    <>
      <Crumb segment={team.slug} label={team.name} />
      <PageHeader
        title={team.name}
        description={team.description || 'This team’s limits and usage today.'}
        actions={<LinkButton href="/operator/teams">All teams</LinkButton>}
      />
      <RetentionChanges changes={changes} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <Today team={team} />
          <Card title="Effective limits" description="The plan’s limits and this team’s custom limits.">
            <DefinitionList items={inForce(team)} />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Card title="Plan" description="Changes take effect from the team’s next request.">
            <PlanForm
              team={team}
              planId={team.ownPlanId}
              plans={plans.map(({ id, name }) => ({ id, name }))}
              defaultName={plans.find((plan) => plan.isDefault)?.name ?? ''}
            />
          </Card>
          <Card
            title="Custom limits"
            description="Custom limits override the plan’s. Leave a field empty to use the plan’s limit. A lower log retention deletes requests after a day; other limits take nothing away."
          >
            <LimitsForm team={team} overrides={team.overrides} plan={team.plan} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Today({ team }: { team: TeamForOperator }) {
  const { today, effective } = team;
  return (
    <Card title="Today (UTC)">
      <div className="mb-4">
        <Progress
          value={today.requests}
          max={effective.dailyQuota}
          label={`Requests of ${team.name} today`}
        />
        <p className="mt-2 text-muted">
          {number(today.requests)} of {formatCount(effective.dailyQuota, 'request')}
        </p>
      </div>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Stat label="Errors" value={number(today.errors)} />
        <Stat label="Rejected" value={number(today.refused)} />
        <Stat
          label="Members"
          value={number(team.members)}
          hint={team.invited > 0 ? `${team.invited} invited` : undefined}
        />
        <Stat label="Apps" value={number(team.apps)} />
      </div>
    </Card>
  );
}

function inForce(team: TeamForOperator): { term: string; value: ReactNode }[] {
  return [
    ...FIGURE_FIELDS.map(({ name, label }) => ({
      term: label,
      value: (
        <span className="flex flex-wrap items-center gap-2 tabular-nums">
          {number(team.effective[name])}
          {name === 'burstWindowSeconds' && ' s'}
          {name === 'retentionDays' && ' days'}
          {team.overrides[name] !== null && <Badge tone="info">Custom</Badge>}
        </span>
      ),
    })),
    { term: 'Production reserve', value: `${number(team.productionReserve)}, set by its owners` },
    { term: 'API ID', value: <code className="font-mono break-all">{team.apiId}</code> },
    { term: 'Created', value: <DateTime value={team.createdAt} format="date" /> },
  ];
}
