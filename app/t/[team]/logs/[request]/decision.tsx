import { CircleCheck, CircleDashed, CircleX, Minus } from 'lucide-react';
import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { labelSteps } from '#app/_logs/step-labels.ts';
import type { Trace } from '#lib/gateway/explain.ts';
import { isReason, REASONS } from '#lib/refusals/reasons.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';
import type { Fix } from './fixes.ts';

const LOOKS = {
  passed: { icon: CircleCheck, word: 'Passed', ink: 'text-success' },
  failed: { icon: CircleX, word: 'Rejected here', ink: 'text-danger' },
  skipped: { icon: CircleDashed, word: 'Not evaluated', ink: 'text-muted' },
  not_reached: { icon: Minus, word: 'Not reached', ink: 'text-faint' },
} as const;

type Props = { request: RequestDetail; trace: Trace | null; fix: Fix | null };

/** Why a request was rejected or failed, and how to fix it. For forwarded requests the steps are collapsed. */
export function Decision({ request, trace, fix }: Props) {
  const { reason } = request;
  const known = reason !== null && isReason(reason) ? reason : null;
  if (!known) return trace && <Passed trace={trace} />;
  const isRefusal = request.outcome === 'refused';
  return (
    <Card
      title={isRefusal ? 'Why this request was rejected' : 'Why this request failed'}
      actions={
        fix && (
          <LinkButton href={fix.href} variant="primary" size="sm">
            {fix.label}
          </LinkButton>
        )
      }
    >
      <Callout tone={REASONS[known].status >= 500 ? 'danger' : 'warning'} title={REASONS[known].title}>
        <p>{REASONS[known].detail}</p>
        <p className="mt-2">
          <span className="font-medium">What to do:</span> {REASONS[known].advice}{' '}
          <Link href={`/docs/errors/${known}`} className="underline underline-offset-4">
            About <code className="font-mono">{known}</code>
          </Link>
        </p>
      </Callout>
      {trace && (
        <div className="mt-5">
          <p className="mb-3 text-muted">
            {isRefusal
              ? 'The gateway’s checks, in order. The failed check is from the log; the others reflect your current settings.'
              : 'The gateway forwarded the request. The checks reflect your current settings.'}
          </p>
          <Steps trace={trace} />
        </div>
      )}
    </Card>
  );
}

function Passed({ trace }: { trace: Trace }) {
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="cursor-pointer px-5 py-3 font-medium">How the gateway decided</summary>
      <div className="border-t border-line p-5">
        <p className="mb-3 text-muted">
          The gateway forwarded the request. The checks, in order, reflect your current settings.
        </p>
        <Steps trace={trace} />
      </div>
    </details>
  );
}

function Steps({ trace: { steps } }: { trace: Trace }) {
  return (
    <ol aria-label="Decision trace" className="flex flex-col gap-2">
      {labelSteps(steps).map(({ label, outcome, evidence }) => {
        const { icon: Icon, word, ink } = LOOKS[outcome];
        return (
          <li key={label} className="flex gap-2.5">
            <Icon role="img" aria-label={word} className={`mt-0.5 size-4 shrink-0 ${ink}`} />
            <span className="min-w-0">
              <span className={outcome === 'not_reached' ? 'text-muted' : 'font-medium'}>{label}</span>
              {outcome === 'failed' && <span className="ml-2 text-sm text-danger">{word}</span>}
              {evidence && <span className="block text-sm break-words text-muted">{evidence}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
