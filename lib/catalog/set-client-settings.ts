import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { apis } from '#db/schema/catalog.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { type HeaderPolicy, isNeverForwarded } from './header-policy.ts';

const NAMES_MAX = 100;
const NAME_LENGTH_MAX = 64;
const LIST_LENGTH_MAX = 10_000;
const HEADER_NAME = /^[!#$%&'*+.^`|~0-9a-z_-]+$/;
/** Read by the gateway, because they can carry a partner's key. */
const CREDENTIALS = new Set(['authorization', 'x-api-key']);

const TOO_MANY = `Enter at most ${NAMES_MAX} header names.`;

const headerNames = z
  .string()
  .max(LIST_LENGTH_MAX, { error: TOO_MANY, abort: true })
  .transform((text, context) => {
    const names = [
      ...new Set(
        text
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean),
      ),
    ].sort();
    const invalid = names.find((name) => name.length > NAME_LENGTH_MAX || !HEADER_NAME.test(name));
    if (invalid === undefined && names.length <= NAMES_MAX) return names;
    const example = invalid?.slice(0, NAME_LENGTH_MAX);
    const wrong = `“${example}” isn’t a header name. Enter one per line, such as X-Tenant.`;
    context.addIssue({ code: 'custom', message: invalid === undefined ? TOO_MANY : wrong });
    return z.NEVER;
  });

export const SetClientSettings = z
  .object({
    slug: z.string().regex(/^[a-z0-9-]{1,63}$/, 'This API is no longer in the catalog.'),
    headerMode: z.enum(['except', 'only'], 'Choose which headers are forwarded.'),
    headerNames,
    browserAccess: z
      .enum(['true', 'false'], 'Choose whether web pages can use this API.')
      .transform((text) => text === 'true'),
  })
  .superRefine(({ headerMode, headerNames }, context) => {
    const never = headerNames.find((name) => isNeverForwarded(name) || CREDENTIALS.has(name));
    if (headerMode === 'only' && never !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['headerNames'],
        message: `${never} is never forwarded. Remove it.`,
      });
  });

export type ClientSettings = {
  headerMode: HeaderPolicy['mode'];
  headerNames: string[];
  browserAccess: boolean;
};

type Set = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' };

/** Sets how clients talk to an API through the gateway. Importing the API again keeps it. */
export async function setClientSettings(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { slug, ...after }: z.output<typeof SetClientSettings>,
): Promise<Set> {
  const epoch = await db.transaction(async (tx) => {
    const live = and(eq(apis.slug, slug), isNull(apis.removedAt));
    const [before] = await tx.select(clientSettings).from(apis).where(live).for('no key update');
    if (!before) return null;
    await tx
      .update(apis)
      .set({ ...after, updatedAt: new Date() })
      .where(live);
    await recordAudit(tx, operator, 'api.set_clients', { kind: 'api', id: slug }, { before, after });
    return raiseEpoch(tx, { kind: 'catalog', id: slug });
  });
  return epoch === null
    ? { ok: false, reason: 'not_found' }
    : { ok: true, receipt: await confirmEpoch(db, epoch) };
}

/** The columns of an API's client settings. */
export const clientSettings = {
  headerMode: apis.headerMode,
  headerNames: apis.headerNames,
  browserAccess: apis.browserAccess,
};
