'use client';

import { useEffect, useState } from 'react';
import { type HitGroup, searchTeam } from './search-action.ts';

const PAUSE_MS = 180;

/** Asks the server once the typing pauses; an answer that was overtaken by a newer question is dropped. */
export function useTeamSearch(teamSlug: string | undefined, text: string) {
  const [answer, setAnswer] = useState<{ query: string; groups: HitGroup[] }>({ query: '', groups: [] });
  const query = text.trim();
  const asks = teamSlug !== undefined && query.length >= 2;
  useEffect(() => {
    if (!teamSlug || !asks) return;
    let overtaken = false;
    const timer = setTimeout(async () => {
      const groups = await searchTeam(teamSlug, query).catch(() => []);
      if (!overtaken) setAnswer({ query, groups });
    }, PAUSE_MS);
    return () => {
      overtaken = true;
      clearTimeout(timer);
    };
  }, [teamSlug, asks, query]);
  return { groups: asks ? answer.groups : [], searching: asks && answer.query !== query };
}
