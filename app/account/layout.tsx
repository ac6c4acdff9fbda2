import type { ReactNode } from 'react';
import { AppShell } from '../_shell/app-shell.tsx';
import { requireUser } from '../session.ts';

export default async function AccountLayout({ children }: { children: ReactNode }) {
  return <AppShell user={await requireUser()}>{children}</AppShell>;
}
