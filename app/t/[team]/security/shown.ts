import { z } from 'zod';
import { FINDING_KINDS } from '#lib/posture/rules.ts';

/** The query parameters of the Security page. Invalid values are ignored. */
const Shown = z.object({
  rule: z.enum(FINDING_KINDS).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000).optional().catch(undefined),
});

export function readShown(query: Record<string, string | string[] | undefined>) {
  const { rule, page } = Shown.parse(query);
  return { rule, page: page ?? 1 };
}
