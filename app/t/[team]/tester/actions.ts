'use server';

import { z } from 'zod';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { reachAction } from '#lib/process/action-call.ts';
import { type FoundEndpoint, findTesterEndpoints, TesterSearch } from '#lib/tester/find-tester-endpoints.ts';
import { readTesterRequest } from '#lib/tester/list-tester-requests.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';

/** Endpoints that a key can call in the tester, by search words. */
export async function searchEndpoints(team: string, keyId: string, query: string): Promise<FoundEndpoint[]> {
  reachAction();
  const member = await requireMember(team);
  const parsed = TesterSearch.safeParse({ keyId, query });
  return parsed.success ? findTesterEndpoints({ db: database(), member }, parsed.data) : [];
}

/** The values of one of the member's past requests, to fill in the form. Null if it's no longer stored. */
export async function readPastValues(team: string, id: string): Promise<TesterValues | null> {
  reachAction();
  const member = await requireMember(team);
  return z.uuid().safeParse(id).success ? readTesterRequest({ db: database(), member }, { id }) : null;
}
