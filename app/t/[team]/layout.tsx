import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { requireMember, requireUser } from '#app/_http/session.ts';
import { AppShell } from '#app/_shell/app-shell.tsx';

/** Pages set the titles. Also rejects teams that aren't the reader's, so that the title is correct. */
export async function generateMetadata({ params }: { params: Promise<{ team: string }> }): Promise<Metadata> {
  await requireMember((await params).team);
  return {};
}

/** The shell around a team's pages. Not a guard: every page and action checks membership itself. */
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
