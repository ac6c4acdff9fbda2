'use server';

import { z } from 'zod';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { type FoundEndpoint, findTesterEndpoints, TesterSearch } from '#lib/tester/find-tester-endpoints.ts';
import { readTesterRequest } from '#lib/tester/list-tester-requests.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';

/** Endpoints that a key may be tested with, by words. */
export async function searchEndpoints(team: string, keyId: string, query: string): Promise<FoundEndpoint[]> {
  const member = await requireMember(team);
  const parsed = TesterSearch.safeParse({ keyId, query });
  return parsed.success ? findTesterEndpoints({ db: database(), member }, parsed.data) : [];
}

/** The values of one of the reader's past requests, to fill the form with; null when it is gone. */
export async function readPastValues(team: string, id: string): Promise<TesterValues | null> {
  const member = await requireMember(team);
  return z.uuid().safeParse(id).success ? readTesterRequest({ db: database(), member }, { id }) : null;
}
