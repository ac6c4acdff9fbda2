import { Badge } from '#app/_components/badge.tsx';
import type { Person } from '#lib/members/list-members.ts';

const MAIL = { waiting: 'Mail on its way', sent: 'Mail sent', failed: 'Mail failed' } as const;

/** Active, Suspended or Pending; of a pending one also how its mail fares and whether the link still works. */
export function PersonStatus({ person }: { person: Pick<Person, 'status' | 'delivery' | 'expired'> }) {
  if (person.status === 'active') return <Badge tone="success">Active</Badge>;
  if (person.status === 'suspended') return <Badge tone="warning">Suspended</Badge>;
  const failed = person.expired || person.delivery === 'failed';
  return (
    <span className="flex flex-col items-end gap-0.5 sm:items-start">
      <Badge tone="info">Pending</Badge>{' '}
      <span className={failed ? 'text-sm text-danger' : 'text-sm text-muted'}>
        {person.expired ? 'Link expired' : person.delivery && MAIL[person.delivery]}
      </span>
    </span>
  );
}
