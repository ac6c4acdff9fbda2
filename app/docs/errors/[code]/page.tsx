import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Card } from '#app/_components/card.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { StatusCode } from '#app/_components/status-code.tsx';
import { env } from '#lib/env.ts';
import { ADVICE, COUNTS } from '#lib/refusals/advice.ts';
import { REASONS, type Reason, refusalAnswer } from '#lib/refusals/reasons.ts';

type Props = { params: Promise<{ code: string }> };

const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { code } = await params;
  return { title: isReason(code) ? REASONS[code].title : 'Error code' };
}

/** Figures for the example. */
const DAY = { requests: 10_000, windowSeconds: 86_400, retryAfterSeconds: 40_210 };
const BURST = { requests: 1_000, windowSeconds: 10, retryAfterSeconds: 1 };

/** Where the `type` of every problem leads. */
export default async function ErrorPage({ params }: Props) {
  const { code } = await params;
  if (!isReason(code)) notFound();
  const { status, title, detail } = REASONS[code];
  const { body } = refusalAnswer(code, {
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
        <Card title="What to do">{ADVICE[code]}</Card>
        <Card title="Does it count?">
          {COUNTS.has(code)
            ? 'Yes, if the API had been reached: the call was forwarded. No, if no connection came about.'
            : 'No. The call was not forwarded, so it does not draw on your quota.'}
        </Card>
        <CodeBlock label="Answer" code={JSON.stringify(JSON.parse(body.toString()), null, 2)} />
      </div>
    </>
  );
}
