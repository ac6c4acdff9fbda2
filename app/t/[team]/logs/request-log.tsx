import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import { REASONS, type Reason } from '#lib/gateway/reasons.ts';
import type { LogFilter, LoggedRequest, LogPage } from '#lib/usage/list-requests.ts';
import { Badge } from '../../../_components/badge.tsx';
import { LinkButton } from '../../../_components/button.tsx';
import { DateTime } from '../../../_components/date-time.tsx';
import { EmptyState } from '../../../_components/empty-state.tsx';
import { MethodBadge } from '../../../_components/method-badge.tsx';
import { Pagination } from '../../../_components/pagination.tsx';
import { StatusCode } from '../../../_components/status-code.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '../../../_components/table.tsx';
import { AutoRefresh } from './auto-refresh.tsx';
import { FilterBar } from './filter-bar.tsx';
import { hrefWith } from './href-with.ts';

/** The log: filters, table, pages. `path` is the address it stands at, `app` is set on an app's own page. */
export function RequestLog({
  page,
  filter,
  path,
  team,
  apps,
  people,
}: {
  page: LogPage;
  filter: LogFilter;
  path: string;
  team: string;
  /** To choose from; absent where the app is given. */
  apps?: readonly { id: string; title: string }[];
  /** To choose from, where calls are told apart by whose own key it was. */
  people?: readonly { id: string; name: string }[] | undefined;
}) {
  const { before: _, after: __, ...kept } = filter;
  const filtered = Object.entries(kept).some(
    ([name, value]) => value !== undefined && !(name === 'app' && !apps),
  );
  return (
    <>
      <FilterBar filter={filter} path={path} apps={apps} people={people} filtered={filtered} />
      {page.requests.length === 0 && (
        <EmptyState
          icon={<ScrollText />}
          title={filtered ? 'Nothing matches' : 'No requests yet'}
          description={
            filtered
              ? 'No request fits all of the filters.'
              : 'Call the gateway with one of your keys: the request appears here within two seconds.'
          }
          action={
            <LinkButton href={filtered ? path : `/t/${team}/apps`}>
              {filtered ? 'Clear filters' : 'Go to Apps'}
            </LinkButton>
          }
        />
      )}
      {page.requests.length > 0 && (
        <LogTable
          requests={page.requests}
          team={team}
          withApp={apps !== undefined}
          withMember={people !== undefined}
        />
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        {!filter.before && !filter.after ? <AutoRefresh /> : <span />}
        <Pagination
          newerHref={page.newer ? hrefWith(path, kept, { after: page.newer }) : undefined}
          olderHref={page.older ? hrefWith(path, kept, { before: page.older }) : undefined}
        />
      </div>
    </>
  );
}

function LogTable({
  requests,
  team,
  withApp,
  withMember,
}: {
  requests: readonly LoggedRequest[];
  team: string;
  withApp: boolean;
  withMember: boolean;
}) {
  return (
    <Table label="Request Logs">
      <THead>
        <Tr>
          <Th>Time</Th>
          <Th>Status</Th>
          <Th>Request</Th>
          {withMember && <Th>Member</Th>}
          {withApp && <Th>App</Th>}
          <Th>Key</Th>
          <Th>Environment</Th>
          <Th align="right">Latency</Th>
          <Th>Client IP</Th>
        </Tr>
      </THead>
      <TBody>
        {requests.map((request) => (
          <Tr key={request.id}>
            <Td label="Time" className="whitespace-nowrap">
              <Link
                href={`/t/${team}/logs/${request.id}`}
                prefetch={false}
                className="underline-offset-4 hover:underline"
              >
                <DateTime value={request.at} format="seconds" />
              </Link>
            </Td>
            <Td label="Status">
              <Outcome request={request} />
            </Td>
            <Td label="Request" mono>
              <span className="flex items-center gap-2">
                <MethodBadge method={request.method} />{' '}
                <span className="max-w-80 truncate" title={request.path}>
                  {request.path}
                </span>
              </span>
            </Td>
            {withMember && (
              <Td label="Member" className="max-w-40 truncate" title={request.memberName ?? ''}>
                {request.memberName ?? <span className="text-muted">App key</span>}
              </Td>
            )}
            {withApp && (
              <Td label="App" className="max-w-40 truncate" title={request.appTitle}>
                {request.appTitle}
              </Td>
            )}
            <Td label="Key" className="max-w-40 truncate" title={request.keyName}>
              {request.keyName}
            </Td>
            <Td label="Environment" className="capitalize">
              {request.environment}
            </Td>
            <Td label="Latency" align="right">
              {request.latencyMs === null
                ? '—'
                : `${request.latencyMs < 10 ? request.latencyMs.toFixed(1) : Math.round(request.latencyMs)} ms`}
            </Td>
            <Td label="Client IP" mono>
              {request.clientIp || '—'}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

/** How a call ended: its status, and in words what is not a plain answer. */
export function Outcome({ request }: { request: Pick<LoggedRequest, 'outcome' | 'status' | 'reason'> }) {
  const { outcome, status, reason } = request;
  if (outcome === 'open') return <Badge tone="info">In progress</Badge>;
  if (outcome === 'unknown') return <Badge tone="warning">Interrupted</Badge>;
  if (outcome === 'aborted') return <Badge tone="warning">Client left</Badge>;
  return (
    <span className="inline-flex items-center gap-2">
      <StatusCode value={status} />
      {reason && <span className="text-sm text-muted">{titleOf(reason)}</span>}
    </span>
  );
}

export const titleOf = (reason: string): string =>
  reason in REASONS ? REASONS[reason as Reason].title : reason; // Just checked.
