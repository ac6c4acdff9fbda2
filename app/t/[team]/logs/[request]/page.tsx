import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { database } from '#db/client.ts';
import { REASONS, type Reason } from '#lib/gateway/reasons.ts';
import { type RequestDetail, readRequest } from '#lib/usage/read-request.ts';
import { Callout } from '../../../../_components/callout.tsx';
import { Card } from '../../../../_components/card.tsx';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { DateTime } from '../../../../_components/date-time.tsx';
import { DefinitionList } from '../../../../_components/definition-list.tsx';
import { MethodBadge } from '../../../../_components/method-badge.tsx';
import { PageHeader } from '../../../../_components/page-header.tsx';
import { requireMember } from '../../../../session.ts';
import { Outcome } from '../request-log.tsx';

export const metadata: Metadata = { title: 'Request' };

export default async function RequestPage({
  params,
}: {
  params: Promise<{ team: string; request: string }>;
}) {
  const { team, request: id } = await params;
  const member = await requireMember(team);
  if (!z.uuid().safeParse(id).success) notFound();
  const request = await readRequest({ db: database(), member }, { id });
  if (!request) notFound();
  return (
    <>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-2 font-mono text-lg break-all">
            <MethodBadge method={request.method} /> {request.path}
          </span>
        }
        description={<DateTime value={request.at} />}
      />
      <div className="flex max-w-[860px] flex-col gap-6">
        <Explanation request={request} />
        <Card title="Request">
          <DefinitionList items={itemsOf(request, team)} />
        </Card>
      </div>
    </>
  );
}

function Explanation({ request }: { request: RequestDetail }) {
  const { reason } = request;
  if (!reason || !(reason in REASONS)) return null;
  const { title, detail } = REASONS[reason as Reason]; // Just checked.
  return (
    <Callout tone="warning" title={title}>
      {detail}{' '}
      <Link href={`/docs/errors/${reason}`} className="underline underline-offset-4">
        About {reason}
      </Link>
    </Callout>
  );
}

function itemsOf(request: RequestDetail, team: string) {
  return [
    { term: 'Status', value: <Outcome request={request} /> },
    {
      term: 'Request ID',
      value: (
        <span className="flex flex-wrap items-center gap-2">
          <code className="font-mono break-all">{request.id}</code>{' '}
          <CopyButton value={request.id} label="Copy Request ID" />
        </span>
      ),
    },
    {
      term: 'Endpoint',
      value: request.template
        ? `${request.apiTitle}: ${request.method} ${request.template}`
        : 'None of the catalog',
    },
    {
      term: 'App',
      value: (
        <Link href={`/t/${team}/apps/${request.appId}`} className="text-accent underline underline-offset-4">
          {request.appTitle}
        </Link>
      ),
    },
    {
      term: 'Key',
      value: (
        <>
          {request.keyName} <code className="font-mono text-muted">{request.keyId}</code>
        </>
      ),
    },
    { term: 'Environment', value: <span className="capitalize">{request.environment}</span> },
    { term: 'Member', value: request.memberName ?? 'An app key, of no single member' },
    { term: 'Latency', value: request.latencyMs === null ? '—' : `${request.latencyMs.toFixed(1)} ms` },
    {
      term: 'Bytes in and out',
      value: `${request.bytesIn.toLocaleString('en')} and ${request.bytesOut.toLocaleString('en')}`,
    },
    { term: 'Counts against the quota', value: request.counted ? `Yes, on ${request.day} (UTC)` : 'No' },
    { term: 'Client IP', value: <code className="font-mono">{request.clientIp || '—'}</code> },
    { term: 'User agent', value: <span className="break-all">{request.userAgent || '—'}</span> },
  ];
}
