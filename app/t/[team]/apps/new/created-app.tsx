'use client';

import { useRouter } from 'next/navigation';
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { PageHeader } from '#app/_components/page-header.tsx';
import type { Issued } from '#app/_keys/issued.ts';
import { ISSUED_HEADING, IssuedKeysView } from '#app/_keys/issued-keys.tsx';
import { LeaveGuard } from '#app/_keys/leave-guard.tsx';
import { formatCount } from '#lib/format.ts';
import { Steps } from './steps.tsx';
import { KEYS } from './use-new-app.ts';

/** The last step: the keys of the new app, shown once. */
export function CreatedApp({
  team,
  issued,
  endpoints,
  heading,
}: {
  team: string;
  issued: Issued;
  endpoints: number;
  heading: RefObject<HTMLDivElement | null>;
}) {
  const router = useRouter();
  const [safe, setSafe] = useState(false);
  const keepSafe = useCallback(() => setSafe(true), []);

  useEffect(() => {
    // Back leaves the wizard instead of going through its steps. Until the keys are stored, the guard asks first.
    const onBack = () => {
      if (window.location.search !== KEYS) router.replace(`/t/${team}/apps`);
      else if (safe) window.history.back();
    };
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, [safe, router, team]);

  return (
    <div className="max-w-3xl">
      <div ref={heading} tabIndex={-1} className="outline-none">
        <PageHeader
          title={ISSUED_HEADING}
          description={`${issued.appTitle} is connected to ${formatCount(endpoints, 'endpoint')}.`}
        />
      </div>
      <Steps current={3} />
      <IssuedKeysView
        issued={issued}
        onSafe={keepSafe}
        onDone={() => router.replace(`/t/${team}/apps/${issued.appId}/keys`)}
      />
      <LeaveGuard active={!safe} />
    </div>
  );
}
