import { z } from 'zod';
import { FINDING_KINDS } from '#lib/posture/rules.ts';

/** What stands in the address of Security. An unreadable value counts as absent. */
const Shown = z.object({
  rule: z.enum(FINDING_KINDS).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000).optional().catch(undefined),
});

export function readShown(address: Record<string, string | string[] | undefined>) {
  const { rule, page } = Shown.parse(address);
  return { rule, page: page ?? 1 };
}
