import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Card } from '#app/_components/card.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { StatusCode } from '#app/_components/status-code.tsx';
import { env } from '#lib/env.ts';
import { isReason, REASONS, reasonEntry } from '#lib/refusals/reasons.ts';
import { refusalResponse } from '#lib/refusals/response.ts';

type Props = { params: Promise<{ code: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { code } = await params;
  return { title: isReason(code) ? REASONS[code].title : 'Error code' };
}

/** Example limits. */
const DAY = { requests: 10_000, windowSeconds: 86_400, retryAfterSeconds: 40_210 };
const BURST = { requests: 1_000, windowSeconds: 10, retryAfterSeconds: 1 };

/** The page that the `type` of a problem links to. */
export default async function ErrorPage({ params }: Props) {
  const { code } = await params;
  if (!isReason(code)) notFound();
  const { status, title, detail, advice } = REASONS[code];
  const { body } = refusalResponse(code, {
    portalUrl: env().PORTAL_URL,
    requestId: '0198f4b2-7c1e-7a52-9d0e-3f6c1b2a4d5e',
    ...(status === 429 && { limit: code === 'rate_limited' ? BURST : DAY }),
  });
  return (
    <>
      <PageHeader
        title={title}
        description={
          <>
            <StatusCode value={status} /> <code className="font-mono">{code}</code>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <Card title="What it means">{detail}</Card>
        <Card title="What to do">{advice}</Card>
        <Card title="Does it count toward the quota?">
          {reasonEntry(code).counted
            ? 'Yes, if the request was forwarded to the API. No, if no connection could be made.'
            : 'No. The request was not forwarded.'}
        </Card>
        <CodeBlock label="Response" code={JSON.stringify(JSON.parse(body.toString()), null, 2)} />
      </div>
    </>
  );
}
