import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { database } from '#db/client.ts';
import { listMemberships, type User } from '#lib/access/member.ts';
import { VERSION } from '#lib/version.ts';
import { AccountMenu } from './account-menu.tsx';
import { Breadcrumbs, CrumbProvider } from './breadcrumbs.tsx';
import { Drawer } from './drawer.tsx';
import { type NavGroup, navOf } from './nav.tsx';
import { NotificationBell } from './notification-bell.tsx';
import { RememberTeam } from './remember-team.tsx';
import { SearchPalette } from './search-palette.tsx';
import { SidebarNav } from './sidebar-nav.tsx';
import { chooseTeam, TEAM_COOKIE } from './team-cookie.ts';
import { TeamSwitcher } from './team-switcher.tsx';
import { THEME_COOKIE, themeOf } from './theme.ts';
import { ThemeMenu } from './theme-menu.tsx';

/**
 * The frame of every signed-in page: sidebar (a drawer below 1024 px), top bar, content. `teamSlug` is the page's team;
 * pages outside teams show the team last visited. Not a guard.
 */
export async function AppShell({
  user,
  teamSlug,
  nav,
  children,
}: {
  user: User;
  teamSlug?: string;
  /** Instead of the usual sidebar entries. */
  nav?: NavGroup[];
  children: ReactNode;
}) {
  const [teams, jar] = await Promise.all([listMemberships(database(), user), cookies()]);
  const current = chooseTeam(teams, teamSlug ?? jar.get(TEAM_COOKIE)?.value);
  const groups = nav ?? navOf({ teamSlug: current?.slug, isOperator: user.isOperator });
  const sidebar = (
    <>
      <TeamSwitcher teams={teams} current={current} />
      <SidebarNav groups={groups} isInTeam={teamSlug !== undefined} />
      <p className="px-2.5 pt-2 text-xs text-faint">Latchkey {VERSION}</p>
    </>
  );
  return (
    <CrumbProvider>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-lg bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      {teamSlug && <RememberTeam slug={teamSlug} />}
      <div className="lg:grid lg:grid-cols-[240px_minmax(0,1fr)]">
        <aside
          aria-label="Sidebar"
          className="sticky top-0 hidden h-dvh flex-col gap-4 overflow-y-auto border-r border-line px-3 py-3 lg:flex"
        >
          {sidebar}
        </aside>
        <div className="flex min-h-dvh min-w-0 flex-col">
          <header className="sticky top-0 z-30 flex h-14 items-center gap-1.5 border-b border-line bg-canvas px-3 sm:px-6">
            <Drawer>{sidebar}</Drawer>
            <Breadcrumbs teamNames={Object.fromEntries(teams.map((team) => [team.slug, team.name]))} />
            <SearchPalette teamSlug={current?.slug} pages={groups.flatMap((group) => group.items)} />
            {current && <NotificationBell user={user} teamSlug={current.slug} />}
            <ThemeMenu theme={themeOf(jar.get(THEME_COOKIE)?.value)} />
            <AccountMenu name={user.name} email={user.email} />
          </header>
          <main
            id="content"
            tabIndex={-1}
            className="w-full max-w-[1248px] flex-1 px-4 py-6 outline-none sm:px-6 lg:py-8"
          >
            {children}
          </main>
        </div>
      </div>
    </CrumbProvider>
  );
}
