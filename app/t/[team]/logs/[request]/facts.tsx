import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { OUTCOMES } from '#app/_logs/filter-labels.ts';
import { latencyText } from '#app/_logs/log-table.tsx';
import { Outcome } from '#app/_logs/outcome.tsx';
import { timeOfId } from '#lib/metering/id-time.ts';
import type { LimitsAt } from '#lib/request-log/read-limits-at.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

const number = (value: number) => value.toLocaleString('en-GB');
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
              'None of the catalog'
            ),
          },
          { term: 'Via', value: request.via === 'tester' ? 'API Tester' : 'API' },
          {
            term: 'Counts against the quota',
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
            term: 'Answered',
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
                    ? 'All of it in the gateway: the call was never forwarded.'
                    : 'From the arrival of the call to the end of the answer, API and gateway together.'}
                </span>
              </>
            ),
          },
          ...(latencyMs !== null && upstreamMs !== null
            ? [
                {
                  term: 'Waited for the API',
                  value: (
                    <>
                      {latencyText(upstreamMs)}
                      <span className="block text-sm text-muted">
                        Until its answer began. The other {latencyText(Math.max(0, latencyMs - upstreamMs))}{' '}
                        went into the checks, the record and passing on the body.
                      </span>
                    </>
                  ),
                },
              ]
            : []),
          { term: 'Request body', value: `${number(request.bytesIn)} bytes` },
          { term: 'Answer body', value: `${number(request.bytesOut)} bytes` },
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
          { term: 'Member', value: request.memberName ?? 'An app key, of no single member' },
          {
            term: 'Client IP',
            value: request.clientIp ? <Copied value={request.clientIp} name="client IP" /> : 'Not known',
          },
          {
            term: 'User agent',
            value: <span className="break-all">{request.userAgent || 'None given'}</span>,
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
          ? `${number(limits.dailyQuota)} today; not recorded for then`
          : `${number(quota)} requests`,
    },
    {
      term: 'Burst limit',
      value: `${number(limits.burstRequests)} requests in ${limits.burstWindowSeconds} s${changed ? ', today' : ''}`,
    },
  ];
  if (usedThatDay !== null)
    items.push({ term: `Used on ${day} (UTC)`, value: `${number(usedThatDay)} requests` });
  return (
    <Card
      title="Limits"
      description={
        changed ? (
          <>
            The limits were changed since, first on <DateTime value={changed.at} />. What was written down of
            the time before stands here.
          </>
        ) : (
          'Not changed for this team since the call, as far as is on record.'
        )
      }
    >
      <DefinitionList items={items} />
    </Card>
  );
}
