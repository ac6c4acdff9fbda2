import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { latencyText } from '#app/_logs/log-table.tsx';
import { Outcome } from '#app/_logs/outcome.tsx';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';

type Requests = Dashboard['latest'];

export function LatestRequests({
  requests,
  team,
  newApp,
}: {
  requests: Requests;
  team: string;
  newApp: string | undefined;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">Latest requests</h2>
        {requests.length > 0 && (
          <Link href={`${team}/logs`} className="text-accent hover:underline">
            View Request Logs
          </Link>
        )}
      </div>
      {requests.length > 0 ? <Rows requests={requests} team={team} /> : <NoRequests newApp={newApp} />}
    </section>
  );
}

function Rows({ requests, team }: { requests: Requests; team: string }) {
  return (
    <Table label="Latest requests">
      <THead>
        <Tr>
          <Th>Time</Th>
          <Th>Request</Th>
          <Th>App</Th>
          <Th>Status</Th>
          <Th align="right">Latency</Th>
        </Tr>
      </THead>
      <TBody>
        {requests.map((request) => (
          <Tr key={request.id}>
            <Td label="Time">
              <Link
                href={`${team}/logs/${request.id}`}
                prefetch={false}
                className="underline-offset-4 hover:underline"
              >
                <DateTime value={request.at} format="relative" />
              </Link>
            </Td>
            <Td label="Request" className="max-w-80">
              <span className="flex items-center gap-2">
                <MethodBadge method={request.method} />
                <span className="truncate font-mono text-sm" title={request.path}>
                  {request.path}
                </span>
              </span>
            </Td>
            <Td label="App" className="max-w-40 truncate">
              {request.appTitle}
            </Td>
            <Td label="Status">
              <Outcome request={request} />
            </Td>
            <Td label="Latency" align="right" className="whitespace-nowrap">
              {latencyText(request.latencyMs)}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function NoRequests({ newApp }: { newApp: string | undefined }) {
  return (
    <EmptyState
      icon={<ScrollText />}
      title="No requests yet"
      description={
        newApp
          ? 'Register an app, connect endpoints, and copy its keys. Its first request appears here within seconds.'
          : 'Requests made with your own keys appear here within seconds.'
      }
      action={
        newApp && (
          <LinkButton href={newApp} variant="primary">
            New App
          </LinkButton>
        )
      }
    />
  );
}
