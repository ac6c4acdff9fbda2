import { Users } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { z } from 'zod';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { listPlans } from '#lib/teams/list-plans.ts';
import { listTeamsForOperator } from '#lib/teams/list-teams-for-operator.ts';
import { QuotaForm } from './quota-form.tsx';

export const metadata: Metadata = { title: 'Teams' };

const Search = z.object({ plan: z.uuid().optional().catch(undefined) });

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function TeamsPage({ searchParams }: Props) {
  const context = { db: database(), operator: await requireOperator() };
  const { plan: planId } = Search.parse(await searchParams);
  const [teams, plans] = await Promise.all([
    listTeamsForOperator(context, { planId }),
    planId ? listPlans(context) : [],
  ]);
  const plan = plans.find(({ id }) => id === planId);
  return (
    <>
      <PageHeader
        title="Teams"
        description="Everybody who calls your APIs, and how much they may each day (UTC)."
      />
      {planId && (
        <p className="mb-3 flex flex-wrap items-center gap-3 text-muted">
          Only teams on {plan?.name ?? 'a plan that is gone'}.
          <LinkButton href="/operator/teams" size="sm">
            Show all teams
          </LinkButton>
        </p>
      )}
      {teams.length === 0 ? (
        <EmptyState
          icon={<Users />}
          title={planId ? 'No team is on this plan' : 'No teams yet'}
          description={
            planId
              ? 'Open a team and choose the plan there.'
              : 'Partners create them after they have signed up.'
          }
        />
      ) : (
        <Table label="Teams">
          <THead>
            <Tr>
              <Th>Team</Th>
              <Th>API ID</Th>
              <Th>Plan</Th>
              <Th align="right">Members</Th>
              <Th align="right">Apps</Th>
              <Th align="right">Requests today</Th>
              <Th>Daily quota</Th>
              <Th>Created</Th>
            </Tr>
          </THead>
          <TBody>
            {teams.map((team) => (
              <Tr key={team.id}>
                <Td label="Team" className="max-w-64">
                  <Link
                    href={`/operator/teams/${team.slug}`}
                    className="font-medium break-words underline-offset-4 hover:underline"
                  >
                    {team.name}
                  </Link>
                </Td>
                <Td label="API ID" mono>
                  {team.apiId}
                </Td>
                <Td label="Plan">{team.plan}</Td>
                <Td label="Members" align="right">
                  {team.members}
                </Td>
                <Td label="Apps" align="right">
                  {team.apps}
                </Td>
                <Td label="Requests today" align="right">
                  {team.requestsToday.toLocaleString('en')}
                </Td>
                <Td label="Daily quota">
                  <QuotaForm teamId={team.id} teamName={team.name} dailyQuota={team.dailyQuota} />
                </Td>
                <Td label="Created">
                  <DateTime value={team.createdAt} format="date" />
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </>
  );
}
