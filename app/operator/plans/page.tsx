import type { Metadata } from 'next';
import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { listPlans } from '#lib/teams/list-plans.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { PlanMenu } from './plan-menu.tsx';

export const metadata: Metadata = { title: 'Plans' };

const number = (value: number | null) => value?.toLocaleString('en') ?? 'No limit';

export default async function PlansPage() {
  const plans = await listPlans({ db: database(), operator: await requireOperator() });
  const defaultName = plans.find((plan) => plan.isDefault)?.name ?? '';
  return (
    <>
      <PageHeader
        title="Plans"
        description="How much a team may call, how long its requests are kept, and how many people and apps it may have."
        actions={<PlanDialog trigger={<Button variant="primary">New plan</Button>} />}
      />
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
              <Td label="Log retention">{days(plan.retentionDays)}</Td>
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

const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;
