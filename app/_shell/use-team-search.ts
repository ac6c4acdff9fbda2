'use client';

import { useEffect, useState } from 'react';
import { type HitGroup, searchTeam } from './search-action.ts';

type Result = { query: string; groups: HitGroup[]; failed: boolean };

const DEBOUNCE_MS = 180;

/** Searches once typing pauses. A response to an outdated query is dropped. */
export function useTeamSearch(teamSlug: string | undefined, text: string) {
  const [result, setResult] = useState<Result>({ query: '', groups: [], failed: false });
  const query = text.trim();
  const enabled = teamSlug !== undefined && query.length >= 2;
  useEffect(() => {
    if (!teamSlug || !enabled) return;
    let outdated = false;
    const timer = setTimeout(async () => {
      const next = await searchTeam(teamSlug, query).then(
        (groups) => ({ query, groups, failed: false }),
        () => ({ query, groups: [], failed: true }), // The palette shows it.
      );
      if (!outdated) setResult(next);
    }, DEBOUNCE_MS);
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [teamSlug, enabled, query]);
  return {
    groups: enabled ? result.groups : [],
    searching: enabled && result.query !== query,
    failed: enabled && result.failed,
  };
}
