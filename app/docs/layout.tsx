import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from '../_shell/mark.tsx';

/** Pages that anybody may read. */
export default function DocsLayout({ children }: { children: ReactNode }) {
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
