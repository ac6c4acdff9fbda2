'use client';

import { useEffect } from 'react';
import { rememberTeam } from './preferences.ts';

/** Once a visit: pages outside teams then still know which team one came from. */
export function RememberTeam({ slug }: { slug: string }) {
  useEffect(() => {
    if (sessionStorage.getItem('team') === slug) return;
    sessionStorage.setItem('team', slug);
    void rememberTeam(slug);
  }, [slug]);
  return null;
}
