'use client';

import { useEffect } from 'react';
import { rememberTeam } from './preferences.ts';

/** Once a visit: pages outside teams then still know which team one came from. */
export function RememberTeam({ slug }: { slug: string }) {
  useEffect(() => {
    if (sessionStorage.getItem('team') === slug) return;
    sessionStorage.setItem('team', slug);
    // If the server can't be reached, the next page of the team tries again.
    rememberTeam(slug).catch(() => sessionStorage.removeItem('team'));
  }, [slug]);
  return null;
}
