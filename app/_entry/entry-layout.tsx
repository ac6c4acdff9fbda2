import type { ReactNode } from 'react';
import { Mark } from '#app/_shell/mark.tsx';

/** The layout of every page for people who aren't signed in: one card in the middle. */
export function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <main
      id="content"
      className="mx-auto flex min-h-dvh w-full max-w-[440px] flex-col justify-center px-4 py-10"
    >
      <div className="mb-6 flex items-center gap-2.5 text-lg font-semibold">
        <Mark text="Latchkey" /> Latchkey
      </div>
      {children}
    </main>
  );
}
