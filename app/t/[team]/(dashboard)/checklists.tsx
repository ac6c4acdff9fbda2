import { Circle, CircleCheck } from 'lucide-react';
import Link from 'next/link';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';
import { Card } from '../../../_components/card.tsx';
import { DateTime } from '../../../_components/date-time.tsx';

type Step = { label: string; doneAt: Date | null; href?: string | undefined; note?: string };

/** Steps that the data itself ticks off, with the day it happened. Nobody ticks them by hand. */
export function Checklists({
  board,
  team,
  mayCreate,
}: {
  board: Dashboard;
  team: string;
  mayCreate: boolean;
}) {
  const { team: about, apps, keys, people, firstSuccessDay } = board;
  const newApp = mayCreate ? `${team}/apps/new` : undefined;
  const invited: Step[] = people.secondJoinedAt
    ? [{ label: 'Invite necessary team members', doneAt: people.secondJoinedAt }]
    : [];
  return (
    <>
      <Checklist
        title="API key setup checklist"
        steps={[
          { label: 'Create a development API key', doneAt: keys.firstDevelopmentAt, href: newApp },
          {
            label: 'Create a production API key',
            doneAt: keys.firstProductionAt,
            href: mayCreate ? `${team}/apps` : undefined,
            note: 'when ready',
          },
          {
            label: 'Configure keys in your applications',
            // Midday: the same date in all but the farthest zones.
            doneAt: firstSuccessDay ? new Date(`${firstSuccessDay}T12:00:00Z`) : null,
            note: 'done with the first successful call',
          },
        ]}
      />
      {mayCreate && (
        <Checklist
          title="Team setup checklist"
          steps={[
            { label: 'Create your team', doneAt: about.createdAt },
            ...invited,
            { label: 'Create your first app', doneAt: apps.firstMadeAt, href: newApp },
          ]}
        />
      )}
    </>
  );
}

function Checklist({ title, steps }: { title: string; steps: Step[] }) {
  const done = steps.filter((step) => step.doneAt).length;
  return (
    <Card title={title} description={`${done} of ${steps.length} done`}>
      <ul className="flex flex-col gap-3">
        {steps.map((step) => (
          <li key={step.label} className="flex gap-2.5">
            {step.doneAt ? (
              <CircleCheck aria-label="Done" role="img" className="mt-0.5 size-4 shrink-0 text-success" />
            ) : (
              <Circle aria-label="To do" role="img" className="mt-0.5 size-4 shrink-0 text-line-strong" />
            )}
            <div className="min-w-0">
              {step.href && !step.doneAt ? (
                <Link href={step.href} className="text-accent hover:underline">
                  {step.label}
                </Link>
              ) : (
                step.label
              )}
              <div className="text-sm text-muted">
                {step.doneAt ? <DateTime value={step.doneAt} format="date" /> : step.note}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
