'use client';

import { Activity, CirclePause, CirclePlay, Crown, LogOut, UserRoundCog, UserRoundMinus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { Menu, MenuItem, MenuSeparator } from '#app/_components/menu.tsx';
import type { Act, Target } from './acts-on.ts';

import { LeaveDialog } from './leave-dialog.tsx';
import { activate } from './messages.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';
import { SuspendDialog } from './suspend-dialog.tsx';
import { TransferDialog } from './transfer-dialog.tsx';

const DIALOGS = {
  change_role: RoleDialog,
  transfer: TransferDialog,
  suspend: SuspendDialog,
  remove: RemoveDialog,
  leave: LeaveDialog,
} as const;

export function RowMenu({
  team,
  person,
  acts,
  activityHref,
}: {
  team: string;
  person: Target;
  acts: Act[];
  activityHref?: string | undefined;
}) {
  const [open, setOpen] = useState<keyof typeof DIALOGS | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const isStale = useRef(false);
  const router = useRouter();
  const Dialog = open && DIALOGS[open];
  const may = (act: Act) => acts.includes(act);
  const close = () => {
    setOpen(null);
    // Refreshed only now, because a removed member's row disappears together with the dialog and its message.
    if (isStale.current) router.refresh();
    isStale.current = false;
    // The menu item that opened the dialog no longer exists, so the focus returns to the menu's button.
    setTimeout(() => root.current?.querySelector('button')?.focus());
  };
  if (acts.length === 0 && !activityHref) return null;
  return (
    <div ref={root}>
      <Menu label={`Actions for ${person.name}`}>
        {activityHref && (
          <MenuItem href={activityHref} icon={<Activity aria-hidden="true" />}>
            View activity
          </MenuItem>
        )}
        {may('change_role') && (
          <MenuItem icon={<UserRoundCog aria-hidden="true" />} onSelect={() => setOpen('change_role')}>
            Change role
          </MenuItem>
        )}
        {may('transfer') && (
          <MenuItem icon={<Crown aria-hidden="true" />} onSelect={() => setOpen('transfer')}>
            Transfer ownership
          </MenuItem>
        )}
        {may('suspend') && (
          <MenuItem icon={<CirclePause aria-hidden="true" />} onSelect={() => setOpen('suspend')}>
            Suspend
          </MenuItem>
        )}
        {may('activate') && (
          <MenuItem
            icon={<CirclePlay aria-hidden="true" />}
            onSelect={async () => {
              if (!(await activate(team, person.id, person.name))) router.refresh();
            }}
          >
            Activate
          </MenuItem>
        )}
        {(may('remove') || may('leave')) && (activityHref || acts.length > 1) && <MenuSeparator />}
        {may('remove') && (
          <MenuItem
            tone="danger"
            icon={<UserRoundMinus aria-hidden="true" />}
            onSelect={() => setOpen('remove')}
          >
            Remove
          </MenuItem>
        )}
        {may('leave') && (
          <MenuItem tone="danger" icon={<LogOut aria-hidden="true" />} onSelect={() => setOpen('leave')}>
            Leave team
          </MenuItem>
        )}
      </Menu>
      {Dialog && (
        <Dialog
          team={team}
          person={person}
          onClose={close}
          onRefused={() => {
            isStale.current = true;
          }}
        />
      )}
    </div>
  );
}
