import { Circle, CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';

type Step = {
  label: string;
  doneAt: Date | null;
  /** The page where the step is done. */
  href?: string | undefined;
  /** How to complete the step. */
  note: string;
  /** Why the step counts as done, if the label doesn't show it. */
  basis?: string;
};

/** Noon, so that the date is the same in almost every time zone. */
const onDay = (day: string | null) => (day ? new Date(`${day}T12:00:00Z`) : null);

/** Setup steps. They're checked off from the data, with the date. */
export function Checklists({
  board,
  team,
  canCreate,
}: {
  board: Dashboard;
  team: string;
  canCreate: boolean;
}) {
  return (
    <>
      {canCreate && <Checklist title="Team setup checklist" steps={teamSteps(board, team)} />}
      <Checklist title="API key setup checklist" steps={keySteps(board, team, canCreate)} />
    </>
  );
}

function teamSteps({ team: about, people, guidelines }: Dashboard, team: string): Step[] {
  return [
    {
      label: 'Create your team',
      doneAt: about.createdAt,
      href: `${team}/settings`,
      note: 'You can change the name and description at any time.',
    },
    {
      label: 'Invite necessary team members',
      doneAt: people.invitedAt,
      href: `${team}/members`,
      note: 'Done when you send the first invitation.',
    },
    {
      label: 'Assign appropriate roles',
      doneAt: people.rolesAt,
      href: `${team}/members`,
      note: 'Done when a second member joins, or when you change a role.',
    },
    {
      label: 'Set up team guidelines',
      doneAt: guidelines.setAt,
      href: `${team}/settings`,
      note: 'A page that every member reads and confirms.',
    },
  ];
}

function keySteps({ keys, calls }: Dashboard, team: string, canCreate: boolean): Step[] {
  const create = canCreate ? `${team}/api-keys` : `${team}/my-key`;
  return [
    {
      label: 'Create a development API key',
      doneAt: keys.firstDevelopmentAt,
      href: create,
      note: 'For testing, separate from what your customers use.',
    },
    {
      label: 'Create a production API key (when ready)',
      doneAt: keys.firstProductionAt,
      href: create,
      note: 'For your live application.',
    },
    {
      label: 'Store keys securely',
      doneAt: onDay(calls.keptDay),
      href: create,
      note: 'Done when a key works on a second day. Store it in an environment variable, not in code.',
      basis: 'a key worked on a second day',
    },
    {
      label: 'Configure keys in your applications',
      doneAt: onDay(calls.firstSuccessDay),
      href: create,
      note: 'Done with the first successful request.',
    },
    {
      label: 'Set up usage monitoring',
      doneAt: onDay(calls.firstDay),
      href: `${team}/logs`,
      note: 'Done with the first request. Every request is counted and logged.',
      basis: 'every request is counted and logged',
    },
  ];
}

function Checklist({ title, steps }: { title: string; steps: Step[] }) {
  const done = steps.filter((step) => step.doneAt).length;
  return (
    <Card title={title} description={`${done} of ${steps.length} done`}>
      <ul className="flex flex-col gap-3">
        {steps.map(({ label, doneAt, href, note, basis }) => (
          <li key={label} className="flex gap-2.5">
            {doneAt ? (
              <CircleCheck aria-label="Done" role="img" className="mt-0.5 size-4 shrink-0 text-success" />
            ) : (
              <Circle aria-label="To do" role="img" className="mt-0.5 size-4 shrink-0 text-line-strong" />
            )}
            <div className="min-w-0">
              {href ? (
                <Link
                  href={href}
                  className={doneAt ? 'underline-offset-4 hover:underline' : 'text-accent hover:underline'}
                >
                  {label}
                </Link>
              ) : (
                label
              )}
              <div className="text-sm text-muted">
                {doneAt ? (
                  <>
                    <DateTime value={doneAt} format="date" />
                    {basis && `: ${basis}`}
                  </>
                ) : (
                  note
                )}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
