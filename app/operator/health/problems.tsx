import { Badge } from '#app/_components/badge.tsx';
import { Card } from '#app/_components/card.tsx';
import type { HealthProblem } from '#lib/gateway/health-problems.ts';

/** Everything that needs an operator's attention, or a line that nothing does. */
export function Problems({ problems }: { problems: readonly HealthProblem[] }) {
  if (problems.length === 0)
    return (
      <Card>
        <Badge tone="success">No problems found</Badge>
      </Card>
    );
  return (
    <Card title="Needs attention">
      <ul aria-label="Problems" className="flex flex-col gap-3">
        {problems.map(({ place, title, advice }) => (
          <li key={`${place} ${title}`} className="text-sm">
            <p className="font-medium text-danger">
              {title}
              {place && <span className="font-normal text-muted"> · {place}</span>}
            </p>
            <p className="mt-0.5 break-words text-muted">{advice}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
