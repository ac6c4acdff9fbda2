import type { ReactNode } from 'react';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { AppShell } from '#app/_shell/app-shell.tsx';

const TABS = [
  { href: '/operator', label: 'APIs' },
  { href: '/operator/plans', label: 'Plans' },
  { href: '/operator/teams', label: 'Teams' },
  { href: '/operator/jobs', label: 'Jobs' },
  { href: '/operator/health', label: 'Health' },
];

export default async function OperatorLayout({ children }: { children: ReactNode }) {
  const operator = await requireOperator();
  return (
    <AppShell user={operator}>
      <LinkTabs label="Operator" items={TABS} />
      {children}
    </AppShell>
  );
}
