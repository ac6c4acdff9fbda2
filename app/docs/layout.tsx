import Link from 'next/link';
import type { ReactNode } from 'react';
import { currentUser } from '#app/_http/session.ts';
import { AppShell } from '#app/_shell/app-shell.tsx';
import { Mark } from '#app/_shell/mark.tsx';

/**
 * Error codes are public: people who run into one may not have an account. The pages of APIs require signing in
 * themselves.
 */
export default async function DocsLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  if (user) return <AppShell user={user}>{children}</AppShell>;
  return (
    <div className="mx-auto w-full max-w-[760px] px-4 py-8">
      <header className="mb-8 flex items-center justify-between gap-4">
        <Link href="/" className="flex items-center gap-2.5 text-lg font-semibold">
          <Mark text="Latchkey" /> Latchkey
        </Link>
        <Link href="/docs/errors" className="text-accent underline-offset-4 hover:underline">
          Error codes
        </Link>
      </header>
      <main id="content">{children}</main>
    </div>
  );
}
