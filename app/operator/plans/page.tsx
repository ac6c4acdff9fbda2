import type { Metadata } from 'next';
import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { RetentionChanges } from '#app/operator/retention-changes.tsx';
import { database } from '#db/client.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { listPlans } from '#lib/teams/list-plans.ts';
import { listRetentionChanges } from '#lib/teams/list-retention-changes.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { PlanMenu } from './plan-menu.tsx';

export const metadata: Metadata = { title: 'Plans' };

const number = (value: number | null) => (value === null ? 'No limit' : formatNumber(value));

export default async function PlansPage() {
  const context = { db: database(), operator: await requireOperator() };
  const [plans, changes] = await Promise.all([listPlans(context), listRetentionChanges(context)]);
  const defaultName = plans.find((plan) => plan.isDefault)?.name ?? '';
  return (
    <>
      <PageHeader
        title="Plans"
        description="Request limits, log retention, and the number of members and apps of each plan."
        actions={<PlanDialog trigger={<Button variant="primary">New plan</Button>} />}
      />
      <RetentionChanges changes={changes} />
      <Table label="Plans">
        <THead>
          <Tr>
            <Th>Plan</Th>
            <Th align="right">Daily quota</Th>
            <Th>Burst</Th>
            <Th>Log retention</Th>
            <Th align="right">Members</Th>
            <Th align="right">Apps</Th>
            <Th align="right">Teams</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </Tr>
        </THead>
        <TBody>
          {plans.map((plan) => (
            <Tr key={plan.id}>
              <Td label="Plan" className="max-w-80">
                <div className="min-w-0">
                  <span className="flex flex-wrap items-center gap-2 max-sm:justify-end">
                    <span className="font-medium break-words">{plan.name}</span>
                    {plan.isDefault && <Badge tone="info">Default</Badge>}
                  </span>
                  {plan.description && (
                    <span className="block text-sm break-words text-muted">{plan.description}</span>
                  )}
                </div>
              </Td>
              <Td label="Daily quota" align="right" className="tabular-nums">
                {number(plan.dailyQuota)}
              </Td>
              <Td label="Burst" className="tabular-nums">
                {number(plan.burstRequests)} in {plan.burstWindowSeconds} s
              </Td>
              <Td label="Log retention">{formatCount(plan.retentionDays, 'day')}</Td>
              <Td label="Members" align="right">
                {number(plan.membersMax)}
              </Td>
              <Td label="Apps" align="right">
                {number(plan.applicationsMax)}
              </Td>
              <Td label="Teams" align="right">
                {plan.teams > 0 ? (
                  <Link
                    href={`/operator/teams?plan=${plan.id}`}
                    className="text-accent underline-offset-4 hover:underline"
                  >
                    {number(plan.teams)}
                    <span className="sr-only"> teams on {plan.name}</span>
                  </Link>
                ) : (
                  0
                )}
              </Td>
              <Td label="" align="right">
                <PlanMenu plan={plan} defaultName={defaultName} />
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </>
  );
}
