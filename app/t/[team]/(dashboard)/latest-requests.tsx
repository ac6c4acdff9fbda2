import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { Outcome } from '#app/_logs/outcome.tsx';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';

type Calls = Dashboard['latest'];

export function LatestRequests({
  calls,
  team,
  newApp,
}: {
  calls: Calls;
  team: string;
  newApp: string | undefined;
}) {
  return (
    <section className="min-w-0">
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">Latest requests</h2>
        {calls.length > 0 && (
          <Link href={`${team}/logs`} className="text-accent hover:underline">
            View Request Logs
          </Link>
        )}
      </div>
      {calls.length > 0 ? <Calls calls={calls} team={team} /> : <NoCalls newApp={newApp} />}
    </section>
  );
}

function Calls({ calls, team }: { calls: Calls; team: string }) {
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
        {calls.map((call) => (
          <Tr key={call.id}>
            <Td label="Time">
              <Link
                href={`${team}/logs/${call.id}`}
                prefetch={false}
                className="underline-offset-4 hover:underline"
              >
                <DateTime value={call.at} format="relative" />
              </Link>
            </Td>
            <Td label="Request" className="max-w-80">
              <span className="flex items-center gap-2">
                <MethodBadge method={call.method} />
                <span className="truncate font-mono text-sm" title={call.path}>
                  {call.path}
                </span>
              </span>
            </Td>
            <Td label="App" className="max-w-40 truncate">
              {call.appTitle}
            </Td>
            <Td label="Status">
              <Outcome request={call} />
            </Td>
            <Td label="Latency" align="right" className="whitespace-nowrap">
              {call.latencyMs === null ? '—' : `${Math.round(call.latencyMs).toLocaleString('en-GB')} ms`}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function NoCalls({ newApp }: { newApp: string | undefined }) {
  return (
    <EmptyState
      icon={<ScrollText />}
      title="No calls yet"
      description={
        newApp
          ? 'Register an app, choose the endpoints it may call, and copy its keys. Its first call appears here within seconds.'
          : 'Calls made with your own keys appear here within seconds.'
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
