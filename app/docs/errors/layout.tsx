import type { ReactNode } from 'react';

export default function ErrorsLayout({ children }: { children: ReactNode }) {
  return <div className="max-w-[760px]">{children}</div>;
}
