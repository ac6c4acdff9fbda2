import type { ReactNode } from 'react';
import { requireUser } from '#app/_http/session.ts';
import { AppShell } from '#app/_shell/app-shell.tsx';

/** The usual shell, so that other teams stay reachable. */
export default async function SuspendedLayout({ children }: { children: ReactNode }) {
  return <AppShell user={await requireUser()}>{children}</AppShell>;
}
