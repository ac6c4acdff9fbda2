'use client';

import { LogOut, UserRound } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { Menu, MenuItem, MenuSeparator } from '#app/_components/menu.tsx';

export function AccountMenu({ name, email }: { name: string; email: string }) {
  return (
    <Menu
      label="Account"
      className="w-60"
      trigger={
        <button
          type="button"
          className="ml-1 grid size-8 shrink-0 place-items-center rounded-full border border-line-strong bg-sunken text-xs font-semibold text-ink hover:bg-hover"
        >
          <span className="sr-only">Account of {name}</span>
          <span aria-hidden="true">{initials(name)}</span>
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <div className="truncate font-medium">{name}</div>
        <div className="truncate text-sm text-muted">{email}</div>
      </div>
      <MenuSeparator />
      <MenuItem href="/account" icon={<UserRound aria-hidden="true" />}>
        Profile
      </MenuItem>
      <MenuItem
        icon={<LogOut aria-hidden="true" />}
        onSelect={() => void signOut({ callbackUrl: '/sign-in' })}
      >
        Sign out
      </MenuItem>
    </Menu>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = Array.from(words[0] ?? '')[0] ?? '?';
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? '')[0] ?? '') : '';
  return (first + last).toUpperCase();
}
