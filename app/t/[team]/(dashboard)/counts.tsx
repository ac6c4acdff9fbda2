import { Boxes, KeyRound, type LucideIcon, UsersRound } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { DateTime } from '#app/_components/date-time.tsx';
import { formatNumber } from '#lib/format.ts';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';

/** The cards Apps, API Keys and Team Members. */
export function Counts({ board, team }: { board: Dashboard; team: string }) {
  const { apps, keys, people, ownOnly } = board;
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Count
        title="Apps"
        icon={Boxes}
        value={apps.count}
        href={`${team}/apps`}
        note={apps.count > 0 ? 'Registered in this team' : 'None yet'}
      />
      <Count
        title="API Keys"
        icon={KeyRound}
        value={keys.live}
        href={`${team}/api-keys`}
        note={
          keys.lastCreatedAt ? (
            <>
              Last created <DateTime value={keys.lastCreatedAt} format="relative" />
            </>
          ) : ownOnly ? (
            'You don’t have any yet'
          ) : (
            'None yet'
          )
        }
      />
      <Count
        title="Team Members"
        icon={UsersRound}
        value={people.active}
        href={`${team}/members`}
        note={people.active === 1 ? 'Just you' : 'Active'}
      />
    </div>
  );
}

function Count(props: { title: string; icon: LucideIcon; value: number; note: ReactNode; href?: string }) {
  const { icon: Icon } = props;
  return (
    <section className="relative flex items-start justify-between gap-3 rounded-lg border border-line bg-surface p-5 has-[a:hover]:border-line-strong">
      <div className="min-w-0">
        <h2 className="text-sm text-muted">
          {props.href ? (
            <Link href={props.href} className="after:absolute after:inset-0 after:rounded-lg">
              {props.title}
            </Link>
          ) : (
            props.title
          )}
        </h2>
        <p className="mt-1 text-xl font-semibold tabular-nums">{formatNumber(props.value)}</p>
        <p className="mt-0.5 text-sm text-muted">{props.note}</p>
      </div>
      <Icon aria-hidden="true" className="size-4 shrink-0 text-faint" />
    </section>
  );
}
