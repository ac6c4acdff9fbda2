import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { database } from '#db/client.ts';
import { readLimitsAt } from '#lib/request-log/read-limits-at.ts';
import { type RequestDetail, readRequest } from '#lib/request-log/read-request.ts';
import { Decision } from './decision.tsx';
import { explainRequest } from './explain-request.ts';
import { CallerFacts, LimitFacts, RequestFacts, TimingFacts } from './facts.tsx';
import { fixFor } from './fixes.ts';

export const metadata: Metadata = { title: 'Request' };

export default async function RequestPage({
  params,
}: {
  params: Promise<{ team: string; request: string }>;
}) {
  const { team, request: id } = await params;
  const member = await requireMember(team);
  const context = { db: database(), member };
  if (!z.uuid().safeParse(id).success) notFound();
  const request = await readRequest(context, { id });
  if (!request) notFound();
  const [trace, limits] = await Promise.all([
    explainRequest(context, request),
    readLimitsAt(context, request),
  ]);
  const base = `/t/${member.teamSlug}`;
  const decision = <Decision request={request} trace={trace} fix={fixFor(request, member)} />;
  const facts = (
    <>
      <RequestFacts request={request} />
      <CallerFacts request={request} team={base} />
      <TimingFacts request={request} />
      <LimitFacts limits={limits} day={request.day} />
    </>
  );
  return (
    <>
      <Crumb segment={request.id} label="Request" />
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-2 font-mono text-lg break-all">
            <MethodBadge method={request.method} /> {request.path}
          </span>
        }
        description={<DateTime value={request.at} format="seconds" />}
        actions={
          request.endpointId && (
            <LinkButton
              href={hrefWith(`${base}/tester`, { credential: request.keyId, endpoint: request.endpointId })}
            >
              Open in API Tester
            </LinkButton>
          )
        }
      />
      <AdjacentRequests request={request} base={base} />
      {request.reason ? (
        <div className="grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
          {decision}
          <div className="flex min-w-0 flex-col gap-6">{facts}</div>
        </div>
      ) : (
        <div className="flex flex-col gap-6">
          <div className="grid items-start gap-6 lg:grid-cols-2">{facts}</div>
          {decision}
        </div>
      )}
    </>
  );
}

/** Links to the previous and next request of the same key. */
function AdjacentRequests({ request: { ofSameKey, keyId }, base }: { request: RequestDetail; base: string }) {
  const { newer, older } = ofSameKey;
  return (
    <nav aria-label="Requests of the same key" className="mb-6 flex flex-wrap items-center gap-2">
      {newer && (
        <LinkButton href={`${base}/logs/${newer}`} size="sm" prefetch={false}>
          <ChevronLeft aria-hidden="true" />
          Newer request
        </LinkButton>
      )}
      {older && (
        <LinkButton href={`${base}/logs/${older}`} size="sm" prefetch={false}>
          Older request
          <ChevronRight aria-hidden="true" />
        </LinkButton>
      )}
      <LinkButton href={hrefWith(`${base}/logs`, { key: keyId })} size="sm" variant="ghost">
        All requests of this key
      </LinkButton>
    </nav>
  );
}
