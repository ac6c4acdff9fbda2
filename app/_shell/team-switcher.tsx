'use client';

import { Check, ChevronsUpDown, Plus } from 'lucide-react';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '#app/_components/menu.tsx';
import type { TeamChoice } from '#lib/access/member.ts';
import { Mark } from './mark.tsx';

const ROLES = { owner: 'Owner', admin: 'Admin', member: 'Member' } as const;

/** The current team and the others. Not prefetched: opening a team counts as activity in it. */
export function TeamSwitcher({ teams, current }: { teams: TeamChoice[]; current: TeamChoice | undefined }) {
  return (
    <Menu
      label="Switch team"
      align="start"
      className="w-60"
      trigger={
        <button
          type="button"
          className="flex w-full items-center gap-2.5 rounded-lg border border-transparent p-1.5 text-left hover:border-line hover:bg-hover"
        >
          <Mark text={current?.name ?? 'Latchkey'} />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-semibold leading-tight">{current?.name ?? 'Latchkey'}</span>
            <span className="block truncate text-xs text-muted">
              {current ? ROLES[current.role] : 'No team yet'}
            </span>
          </span>
          <span className="sr-only">Switch team</span>
          <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-faint" />
        </button>
      }
    >
      {teams.length > 0 && <MenuLabel>Teams</MenuLabel>}
      {teams.map((team) => (
        <MenuItem key={team.slug} href={`/t/${team.slug}`} prefetch={false}>
          <Mark text={team.name} small />
          <span className="min-w-0 flex-1 truncate">{team.name}</span>
          {team.slug === current?.slug && <Check aria-label="Current team" className="text-accent" />}
        </MenuItem>
      ))}
      {teams.length > 0 && <MenuSeparator />}
      <MenuItem href="/welcome?new=1" icon={<Plus aria-hidden="true" />}>
        Create Team
      </MenuItem>
    </Menu>
  );
}
