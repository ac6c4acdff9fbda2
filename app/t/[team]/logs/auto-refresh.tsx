'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Switch } from '../../../_components/switch.tsx';

const EVERY_MS = 3_000;

/** Loads the page anew every few seconds while it is switched on and looked at. */
export function AutoRefresh() {
  const [on, setOn] = useState(false);
  const router = useRouter();
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && router.refresh(), EVERY_MS);
    return () => clearInterval(timer);
  }, [on, router]);
  return (
    <span className="mt-3 inline-flex items-center gap-2 text-sm text-muted">
      <Switch checked={on} onCheckedChange={setOn} label="Refresh by itself" />{' '}
      <span aria-hidden="true">Refresh by itself</span>
    </span>
  );
}
