import type { ReactNode } from 'react';
import { requireUser } from '#app/_http/session.ts';
import { AppShell } from '#app/_shell/app-shell.tsx';

export default async function WelcomeLayout({ children }: { children: ReactNode }) {
  return <AppShell user={await requireUser()}>{children}</AppShell>;
}
