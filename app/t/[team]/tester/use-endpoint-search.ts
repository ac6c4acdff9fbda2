'use client';

import { useEffect, useState } from 'react';
import type { FoundEndpoint } from '#lib/tester/find-tester-endpoints.ts';
import { searchEndpoints } from './actions.ts';

const DEBOUNCE_MS = 150;

/** Searches on the server once typing pauses. Results of an outdated search are ignored. `retry` repeats a failed one. */
export function useEndpointSearch(team: string, keyId: string, text: string, active: boolean) {
  const [result, setResult] = useState<{ query: string; found: FoundEndpoint[] | null } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const query = text.trim();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt repeats the search.
  useEffect(() => {
    if (!active) return;
    let outdated = false;
    const timer = setTimeout(
      async () => {
        const found = await searchEndpoints(team, keyId, query).catch(() => null);
        if (!outdated) setResult({ query, found });
      },
      query === '' ? 0 : DEBOUNCE_MS,
    );
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [team, keyId, query, active, attempt]);
  const retry = () => {
    setResult(null);
    setAttempt((count) => count + 1);
  };
  const searching = result?.query !== query;
  return { found: result?.found ?? [], searching, failed: !searching && result?.found === null, retry };
}
