import { Badge } from '#app/_components/badge.tsx';
import type { Person } from '#lib/members/list-members.ts';

const EMAIL = { waiting: 'Sending email', sent: 'Email sent', failed: 'Email failed' } as const;
const LINK = { expired: 'Link expired', team_full: 'No seats left' } as const;

/** Active, Suspended or Pending. For a pending person, also whether the link works and the email was delivered. */
export function PersonStatus({ person }: { person: Pick<Person, 'status' | 'delivery' | 'link'> }) {
  const { status, delivery, link } = person;
  if (status === 'active') return <Badge tone="success">Active</Badge>;
  if (status === 'suspended') return <Badge tone="warning">Suspended</Badge>;
  const problem = link && link !== 'open' ? LINK[link] : delivery === 'failed' ? EMAIL.failed : null;
  return (
    <span className="flex flex-col items-end gap-0.5 sm:items-start">
      <Badge tone="info">Pending</Badge>{' '}
      <span className={problem ? 'text-sm text-danger' : 'text-sm text-muted'}>
        {problem ?? (delivery && EMAIL[delivery])}
      </span>
    </span>
  );
}
