import { z } from 'zod';
import { DIMENSIONS } from '#lib/usage/types.ts';
import { UsageScope } from '#lib/usage/usage-scope.ts';
import { SpanQuery } from '#lib/usage/usage-span.ts';

/** The query parameters of a usage page. Invalid values are ignored. */
export const UsageQuery = z.object({
  ...SpanQuery.shape,
  ...UsageScope.shape,
  compare: z.enum(['off']).optional().catch(undefined),
  /** The dimension whose rows are all listed. */
  all: z.enum(DIMENSIONS).optional().catch(undefined),
});
export type UsageQuery = z.output<typeof UsageQuery>;

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** Parses the query parameters. `fixed` is the subject of the page and overrides them. */
export function readUsageQuery(
  given: Iterable<[string, string | string[] | undefined]>,
  fixed: Partial<UsageScope> = {},
): UsageQuery {
  const named = [...given].filter(([, value]) => value !== '');
  return { ...UsageQuery.parse(Object.fromEntries(named)), ...fixed };
}
