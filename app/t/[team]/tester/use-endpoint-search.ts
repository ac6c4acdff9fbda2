'use client';

import { useEffect, useState } from 'react';
import type { FoundEndpoint } from '#lib/tester/find-tester-endpoints.ts';
import { searchEndpoints } from './actions.ts';

const PAUSE_MS = 150;

/** Searches on the server once typing pauses. Results of an outdated search are ignored. */
export function useEndpointSearch(team: string, keyId: string, text: string, active: boolean) {
  const [result, setResult] = useState<{ query: string; found: FoundEndpoint[] } | null>(null);
  const query = text.trim();
  useEffect(() => {
    if (!active) return;
    let overtaken = false;
    const timer = setTimeout(
      async () => {
        const found = await searchEndpoints(team, keyId, query).catch(() => []);
        if (!overtaken) setResult({ query, found });
      },
      query === '' ? 0 : PAUSE_MS,
    );
    return () => {
      overtaken = true;
      clearTimeout(timer);
    };
  }, [team, keyId, query, active]);
  return { found: result?.found ?? [], searching: result?.query !== query };
}
