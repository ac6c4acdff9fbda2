import { CircleAlert, CircleCheck } from 'lucide-react';
import { Card } from '#app/_components/card.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import type { Posture } from '#lib/posture/read-posture.ts';
import { ruleOf } from '#lib/posture/rules.ts';

/** The posture score out of 100, and how it is calculated. */
export function Score({ score, rules }: { score: number; rules: Posture['rules'] }) {
  const passedCount = rules.filter(({ passed }) => passed).length;
  const tone = score >= 90 ? 'bg-success' : score >= 70 ? 'bg-warning' : 'bg-danger';
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-x-6 gap-y-2">
          <div>
            <h2 className="text-sm text-muted">Posture score</h2>
            <p className="mt-1 text-2xl font-semibold tabular-nums">
              {score} <span className="text-base font-normal text-muted">out of 100</span>
            </p>
          </div>
          <p className="text-muted">
            {passedCount === rules.length
              ? 'All checks passed.'
              : `${passedCount} of ${rules.length} checks passed.`}
          </p>
        </div>
        <div
          aria-hidden="true"
          className="h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
        >
          <div className={`h-full rounded-full ${tone}`} style={{ width: `${score}%` }} />
        </div>
        <details>
          <summary className="w-fit cursor-pointer text-accent hover:underline">
            How the score is calculated
          </summary>
          <ul className="mt-3 grid gap-x-8 gap-y-2.5 lg:grid-cols-2">
            {rules.map((rule) => (
              <RuleLine key={rule.kind} rule={rule} />
            ))}
          </ul>
        </details>
      </div>
    </Card>
  );
}

function RuleLine({ rule: { kind, passed, open, dismissed, weight } }: { rule: Posture['rules'][number] }) {
  const { title, passedTitle } = ruleOf(kind);
  return (
    <li className="flex gap-2.5">
      {passed ? (
        <CircleCheck aria-label="Passed" role="img" className="mt-0.5 size-4 shrink-0 text-success" />
      ) : (
        <CircleAlert aria-label="Failed" role="img" className="mt-0.5 size-4 shrink-0 text-danger" />
      )}
      <div className="min-w-0 flex-1">
        {passed ? (
          passedTitle
        ) : (
          <a href={`#${kind}`} className="text-accent hover:underline">
            {title}
          </a>
        )}
        <span className="text-sm text-muted">
          {open > 0 && `: ${formatCount(open, 'finding')}`}
          {dismissed > 0 && ` (${formatNumber(dismissed)} dismissed)`}
        </span>
      </div>
      <span className="shrink-0 text-sm text-muted tabular-nums">
        {passed ? weight : 0} of {weight}
      </span>
    </li>
  );
}
