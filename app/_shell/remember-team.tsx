'use client';

import { useEffect } from 'react';
import { rememberTeam } from './preferences.ts';

/** Once per tab and team, so that pages outside teams show the team last visited. */
export function RememberTeam({ slug }: { slug: string }) {
  useEffect(() => {
    if (sessionStorage.getItem('team') === slug) return;
    sessionStorage.setItem('team', slug);
    // If the server can't be reached, the next page of the team tries again.
    rememberTeam(slug).catch(() => sessionStorage.removeItem('team'));
  }, [slug]);
  return null;
}
