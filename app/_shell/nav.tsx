import {
  Boxes,
  KeyRound,
  LayoutDashboard,
  ScrollText,
  Settings,
  ShieldCheck,
  UserRound,
  UsersRound,
} from 'lucide-react';
import type { ReactNode } from 'react';

export type NavItem = { href: string; label: string; icon: ReactNode };
export type NavGroup = { label?: string; items: NavItem[] };

/** The sidebar of a team, or of a person without one. It names only pages that exist. */
export function navOf({
  teamSlug,
  isOperator,
}: {
  teamSlug?: string | undefined;
  isOperator: boolean;
}): NavGroup[] {
  const team = teamSlug
    ? [
        { href: `/t/${teamSlug}`, label: 'Dashboard', icon: <LayoutDashboard /> },
        { href: `/t/${teamSlug}/apps`, label: 'Apps', icon: <Boxes /> },
        { href: `/t/${teamSlug}/logs`, label: 'Request Logs', icon: <ScrollText /> },
      ]
    : [{ href: '/welcome', label: 'Dashboard', icon: <LayoutDashboard /> }];
  const ofTeam = teamSlug
    ? [
        { href: `/t/${teamSlug}/members`, label: 'My Team', icon: <UsersRound /> },
        { href: `/t/${teamSlug}/my-key`, label: 'My API key', icon: <KeyRound /> },
        { href: `/t/${teamSlug}/settings`, label: 'Settings', icon: <Settings /> },
      ]
    : [];
  const operator = {
    label: 'Installation',
    items: [{ href: '/operator', label: 'Operator', icon: <ShieldCheck /> }],
  };
  return [
    { items: team },
    {
      label: 'Account',
      items: [...ofTeam, { href: '/account', label: 'Profile', icon: <UserRound /> }],
    },
    ...(isOperator ? [operator] : []),
  ];
}
