'use client';

import { useEffect } from 'react';
import { OPENED } from './opened.ts';

/** Removes the token from the address bar and history, where others could read it (ASVS 14.2.1). */
export function HideToken() {
  useEffect(() => {
    window.history.replaceState(null, '', `/invitations/${OPENED}`);
  }, []);
  return null;
}
