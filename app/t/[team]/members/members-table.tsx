import { UserRoundPlus } from 'lucide-react';
import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { formatNumber } from '#lib/format.ts';
import type { MembersFilter, Person } from '#lib/members/list-members.ts';
import { inviteAction } from '#lib/members/role-title.ts';
import { InvitationMenu } from './_invitations/invitation-menu.tsx';
import { InviteDialog } from './_invitations/invite-dialog.tsx';
import { actsOn } from './_rows/acts-on.ts';
import { RowMenu } from './_rows/row-menu.tsx';
import { invitableRoles, roleTitle } from './roles.ts';
import { MembersSortHead } from './sort-head.tsx';
import { PersonStatus } from './status-badge.tsx';

export function MembersTable({
  people,
  actor,
  filter,
  path,
}: {
  people: readonly Person[];
  actor: Member;
  filter: MembersFilter;
  path: string;
}) {
  const head = { filter, path };
  const roles = invitableRoles(actor);
  return (
    <Table label="Team Members">
      <THead>
        <Tr>
          <MembersSortHead column="name" label="Name" {...head} />
          <MembersSortHead column="email" label="Email" {...head} />
          <MembersSortHead column="role" label="Role" {...head} />
          <MembersSortHead column="status" label="Status" {...head} />
          <MembersSortHead column="activity" label="Last activity" {...head} />
          <MembersSortHead column="requests" label="Requests today" align="right" {...head} />
          <Th className="sm:right-0">
            <span className="sr-only">Actions</span>
          </Th>
        </Tr>
      </THead>
      <TBody>
        {people.map((person) => (
          <Row key={person.id} person={person} actor={actor} path={path} />
        ))}
        {roles.length > 0 && (
          <Tr>
            <Td label="" colSpan={7}>
              <InviteDialog
                team={actor.teamSlug}
                roles={roles}
                trigger={
                  <Button variant="ghost" size="sm" className="-ml-2.5">
                    <UserRoundPlus aria-hidden="true" />
                    Add a new member
                  </Button>
                }
              />
            </Td>
          </Tr>
        )}
      </TBody>
    </Table>
  );
}

function Row({ person, actor, path }: { person: Person; actor: Member; path: string }) {
  const { id, kind, name, email, role, requestsToday, link } = person;
  const self = id === actor.memberId;
  const isMember = kind === 'member';
  const seesActivity = isMember && (self || can(actor, 'member.activity'));
  return (
    <Tr>
      <Td label="Name" className="max-w-36 xl:max-w-56">
        <span className="flex min-w-0 items-center gap-2">
          {seesActivity ? (
            <Link
              href={`${path}/${id}`}
              title={name}
              className="truncate font-medium underline-offset-4 hover:underline"
            >
              {name}
            </Link>
          ) : (
            <span className="truncate font-medium" title={name}>
              {name}
            </span>
          )}
          {self && <span className="shrink-0 text-sm text-muted">You</span>}
        </span>
      </Td>
      <Td label="Email" className="max-w-36 xl:max-w-64" title={email}>
        <span className="block truncate">{email}</span>
      </Td>
      <Td label="Role">{roleTitle(role)}</Td>
      <Td label="Status">
        <PersonStatus person={person} />
      </Td>
      <Td label="Last activity" className="whitespace-nowrap">
        <LastActivity person={person} known={seesActivity} />
      </Td>
      <Td label="Requests today" align="right" className="tabular-nums">
        {requestsToday === null ? <span className="text-faint">—</span> : formatNumber(requestsToday)}
      </Td>
      <Td label="" align="right" className="w-0 bg-surface pl-0! sm:sticky sm:right-0">
        <div className="ml-auto w-fit">
          {isMember ? (
            <RowMenu
              team={actor.teamSlug}
              person={{ id, name, role }}
              acts={actsOn(actor, person)}
              activityHref={seesActivity ? `${path}/${id}` : undefined}
            />
          ) : (
            <InvitationMenu
              team={actor.teamSlug}
              invitation={{ id, email, name, expired: link === 'expired' }}
              canInvite={can(actor, inviteAction(role))}
            />
          )}
        </div>
      </Td>
    </Tr>
  );
}

function LastActivity({ person, known }: { person: Person; known: boolean }) {
  if (!known) return <span className="text-faint">—</span>;
  return (
    <span className="flex flex-wrap items-center gap-2">
      {person.lastActivityAt ? (
        <DateTime value={person.lastActivityAt} format="relative" />
      ) : (
        <span className="text-muted">Never</span>
      )}{' '}
      {person.inactiveDays !== null && (
        <Badge tone={person.inactiveDays >= 90 ? 'danger' : 'warning'}>
          Inactive {person.inactiveDays} days
        </Badge>
      )}
    </span>
  );
}
