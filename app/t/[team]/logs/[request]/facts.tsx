import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { OUTCOMES } from '#app/_logs/filter-labels.ts';
import { latencyText } from '#app/_logs/log-table.tsx';
import { Outcome } from '#app/_logs/outcome.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import { timeOfId } from '#lib/metering/id-time.ts';
import type { LimitsAt } from '#lib/request-log/read-limits-at.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

const link = 'text-accent underline underline-offset-4';

function Copied({ value, name }: { value: string; name: string }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <code className="font-mono break-all">{value}</code>{' '}
      <CopyButton value={value} name={name} variant="ghost" iconOnly />
    </span>
  );
}

export function RequestFacts({ request }: { request: RequestDetail }) {
  return (
    <Card title="Request">
      <DefinitionList
        items={[
          { term: 'Status', value: <Outcome request={request} /> },
          { term: 'Outcome', value: OUTCOMES.find(({ value }) => value === request.outcome)?.label },
          { term: 'Request ID', value: <Copied value={request.id} name="Request ID" /> },
          { term: 'Path', value: <Copied value={request.path} name="path" /> },
          {
            term: 'Endpoint',
            value: request.template ? (
              <>
                {request.apiTitle}: {request.method} <code className="font-mono">{request.template}</code>
                {request.summary && <span className="block text-sm text-muted">{request.summary}</span>}
              </>
            ) : (
              'Unknown endpoint'
            ),
          },
          { term: 'Via', value: request.via === 'tester' ? 'API Tester' : 'API' },
          ...(request.requests > 1
            ? [
                {
                  term: 'Recorded together',
                  value: `${formatCount(request.requests, 'rejected request')} of this key, with the path and user agent of the last one`,
                },
              ]
            : []),
          {
            term: 'Counts toward the quota',
            value: request.counted ? `Yes, on ${request.day} (UTC)` : 'No',
          },
        ]}
      />
    </Card>
  );
}

export function TimingFacts({ request }: { request: RequestDetail }) {
  const { latencyMs, upstreamMs, outcome } = request;
  const admittedAt = timeOfId(request.id);
  return (
    <Card title="Timing and size">
      <DefinitionList
        items={[
          { term: 'Admitted', value: <DateTime value={new Date(admittedAt)} format="seconds" /> },
          {
            term: 'Response sent',
            value:
              latencyMs === null ? (
                '—'
              ) : (
                <DateTime value={new Date(admittedAt + latencyMs)} format="seconds" />
              ),
          },
          {
            term: 'Latency',
            value: (
              <>
                {latencyText(latencyMs)}
                <span className="block text-sm text-muted">
                  {outcome === 'refused'
                    ? 'All of it in the gateway. The request wasn’t forwarded.'
                    : 'From the start of the request to the end of the response, API and gateway together.'}
                </span>
              </>
            ),
          },
          ...(latencyMs !== null && upstreamMs !== null
            ? [
                {
                  term: 'API response time',
                  value: (
                    <>
                      {latencyText(upstreamMs)}
                      <span className="block text-sm text-muted">
                        Until the first byte of the response. Checks, logging and transfer took the other{' '}
                        {latencyText(Math.max(0, latencyMs - upstreamMs))}.
                      </span>
                    </>
                  ),
                },
              ]
            : []),
          { term: 'Request body', value: formatCount(request.bytesIn, 'byte') },
          { term: 'Response body', value: formatCount(request.bytesOut, 'byte') },
        ]}
      />
    </Card>
  );
}

export function CallerFacts({ request, team }: { request: RequestDetail; team: string }) {
  return (
    <Card title="Caller">
      <DefinitionList
        items={[
          {
            term: 'App',
            value: (
              <Link href={`${team}/apps/${request.appId}`} className={link}>
                {request.appTitle}
              </Link>
            ),
          },
          {
            term: 'Key',
            value: (
              <span className="flex flex-wrap items-center gap-2">
                <Link href={`${team}/api-keys/${request.keyId}`} className={link}>
                  {request.keyName}
                </Link>{' '}
                <Copied value={request.keyId} name="key" />
              </span>
            ),
          },
          { term: 'Environment', value: <span className="capitalize">{request.environment}</span> },
          { term: 'Member', value: request.memberName ?? 'None (app key)' },
          {
            term: 'Client IP',
            value: request.clientIp ? <Copied value={request.clientIp} name="client IP" /> : 'Unknown',
          },
          {
            term: 'User agent',
            value: <span className="break-all">{request.userAgent || 'None'}</span>,
          },
        ]}
      />
    </Card>
  );
}

export function LimitFacts({ limits, day }: { limits: LimitsAt; day: string }) {
  const { planName, changed, usedThatDay } = limits;
  const then = changed?.before;
  const quota = then?.dailyQuota ?? (changed ? null : limits.dailyQuota);
  const items: { term: string; value: ReactNode }[] = [
    { term: 'Plan', value: then?.plan ?? planName ?? 'The default plan' },
    {
      term: 'Daily quota',
      value:
        quota === null
          ? `${formatNumber(limits.dailyQuota)} now; not recorded for that day`
          : formatCount(quota, 'request'),
    },
    {
      term: 'Burst limit',
      value: `${formatCount(limits.burstRequests, 'request')} in ${limits.burstWindowSeconds} s${changed ? ' now' : ''}`,
    },
  ];
  if (usedThatDay !== null)
    items.push({ term: `Used on ${day} (UTC)`, value: formatCount(usedThatDay, 'request') });
  return (
    <Card
      title="Limits"
      description={
        changed ? (
          <>
            The limits have changed since this request, first on <DateTime value={changed.at} />. These are
            the limits recorded before that change.
          </>
        ) : (
          'No changes recorded for this team since this request.'
        )
      }
    >
      <DefinitionList items={items} />
    </Card>
  );
}
