import {
  BookOpen,
  Boxes,
  ChartColumn,
  FlaskConical,
  KeyRound,
  LayoutDashboard,
  ScrollText,
  Settings,
  ShieldAlert,
  ShieldCheck,
  Siren,
  UserRound,
  UsersRound,
} from 'lucide-react';
import type { ReactNode } from 'react';

export type NavItem = { href: string; label: string; icon: ReactNode };
export type NavGroup = { label?: string; items: NavItem[] };

/** The sidebar of a team, or of someone without one. */
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
        { href: `/t/${teamSlug}/api-keys`, label: 'API Keys', icon: <KeyRound /> },
        { href: `/t/${teamSlug}/usage`, label: 'Usage', icon: <ChartColumn /> },
        { href: `/t/${teamSlug}/logs`, label: 'Request Logs', icon: <ScrollText /> },
        { href: `/t/${teamSlug}/tester`, label: 'API Tester', icon: <FlaskConical /> },
      ]
    : [{ href: '/welcome', label: 'Dashboard', icon: <LayoutDashboard /> }];
  const ofTeam = teamSlug
    ? [
        { href: `/t/${teamSlug}/security`, label: 'Security', icon: <ShieldAlert /> },
        { href: `/t/${teamSlug}/members`, label: 'My Team', icon: <UsersRound /> },
        { href: `/t/${teamSlug}/my-key`, label: 'My API key', icon: <KeyRound /> },
        { href: `/t/${teamSlug}/incidents`, label: 'Incidents', icon: <Siren /> },
        { href: `/t/${teamSlug}/settings`, label: 'Settings', icon: <Settings /> },
      ]
    : [];
  const operator = {
    label: 'Installation',
    items: [{ href: '/operator', label: 'Operator', icon: <ShieldCheck /> }],
  };
  return [
    { items: [...team, { href: '/docs', label: 'API Documentation', icon: <BookOpen /> }] },
    {
      label: 'Account',
      items: [...ofTeam, { href: '/account', label: 'Profile', icon: <UserRound /> }],
    },
    ...(isOperator ? [operator] : []),
  ];
}
