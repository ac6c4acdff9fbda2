import { Users } from 'lucide-react';
import type { Metadata } from 'next';
import { database } from '#db/client.ts';
import { listTeamsForOperator } from '#lib/teams/list-teams-for-operator.ts';
import { DateTime } from '../../_components/date-time.tsx';
import { EmptyState } from '../../_components/empty-state.tsx';
import { PageHeader } from '../../_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '../../_components/table.tsx';
import { requireOperator } from '../../session.ts';
import { QuotaForm } from './quota-form.tsx';

export const metadata: Metadata = { title: 'Teams' };

export default async function TeamsPage() {
  const teams = await listTeamsForOperator({ db: database(), operator: await requireOperator() });
  return (
    <>
      <PageHeader
        title="Teams"
        description="Everybody who calls your APIs, and how much they may each day (UTC)."
      />
      {teams.length === 0 ? (
        <EmptyState
          icon={<Users />}
          title="No teams yet"
          description="Partners create them after they have signed up."
        />
      ) : (
        <Table label="Teams">
          <THead>
            <Tr>
              <Th>Team</Th>
              <Th>API ID</Th>
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
                <Td label="Team">{team.name}</Td>
                <Td label="API ID" mono>
                  {team.apiId}
                </Td>
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
