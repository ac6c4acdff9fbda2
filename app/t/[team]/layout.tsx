import type { ReactNode } from 'react';
import { AppShell } from '../../_shell/app-shell.tsx';
import { requireMember, requireUser } from '../../session.ts';

/** The shell around a team's pages. No guard: every page and action proves membership itself. */
export default async function TeamLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ team: string }>;
}) {
  const [user, { team }] = await Promise.all([requireUser(), params]);
  const member = await requireMember(team);
  return (
    <AppShell user={user} teamSlug={member.teamSlug}>
      {children}
    </AppShell>
  );
}
