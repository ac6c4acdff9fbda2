import { z } from 'zod';
import { DIMENSIONS } from '#lib/usage/read-traffic.ts';
import { UsageScope } from '#lib/usage/usage-scope.ts';
import { SpanQuery } from '#lib/usage/usage-span.ts';

/** All that stands in the address of a usage page. An unreadable value counts as absent. */
export const UsageQuery = z.object({
  ...SpanQuery.shape,
  ...UsageScope.shape,
  compare: z.enum(['off']).optional().catch(undefined),
  /** Of which dimension every row is listed. */
  all: z.enum(DIMENSIONS).optional().catch(undefined),
});
export type UsageQuery = z.output<typeof UsageQuery>;

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** Reads an address; `fixed` is what the page itself is about, whatever the address says. */
export function readUsageQuery(
  given: Iterable<[string, string | string[] | undefined]>,
  fixed: Partial<UsageScope> = {},
): UsageQuery {
  const named = [...given].filter(([, value]) => value !== '');
  return { ...UsageQuery.parse(Object.fromEntries(named)), ...fixed };
}
