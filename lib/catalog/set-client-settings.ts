import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { apis, KEY_METHODS, type KeyMethod } from '#db/schema/catalog.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { type HeaderPolicy, isNeverForwarded } from './header-policy.ts';

/** Names with a meaning of their own. */
const STANDARD = new Set([
  ...[
    'authorization',
    'x-api-key',
    'accept',
    'content-type',
    'content-encoding',
    'user-agent',
    'origin',
    'referer',
  ],
]);

const canCarryKeys = (name: string): boolean => !isNeverForwarded(name) && !STANDARD.has(name);

const NAMES_MAX = 100;
const NAME_LENGTH_MAX = 64;
const LIST_LENGTH_MAX = 10_000;
const HEADER_NAME = /^[!#$%&'*+.^`|~0-9a-z_-]+$/;

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

const keyHeader = z
  .string()
  .trim()
  .toLowerCase()
  .max(NAME_LENGTH_MAX, `Enter at most ${NAME_LENGTH_MAX} characters.`)
  .transform((name) => name || null);

/** Whether the gateway reads partners' keys from it. */
const carriesKeys = (name: string, method: KeyMethod): boolean =>
  (name === 'authorization' && ['any', 'basic', 'bearer'].includes(method)) ||
  (name === 'x-api-key' && ['any', 'x-api-key'].includes(method));

const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const TOO_MANY_HOSTS = `Enter at most ${NAMES_MAX} hosts.`;

const redirectHosts = z
  .string()
  .max(LIST_LENGTH_MAX, { error: TOO_MANY_HOSTS, abort: true })
  .transform((text, context) => {
    const hosts = [
      ...new Set(
        text
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean),
      ),
    ].sort();
    const invalid = hosts.find((host) => host.length > 253 || !HOST.test(host));
    if (invalid === undefined && hosts.length <= NAMES_MAX) return hosts;
    const wrong = `“${invalid?.slice(0, NAME_LENGTH_MAX)}” isn’t a host. Enter one per line, such as files.example.com.`;
    context.addIssue({ code: 'custom', message: invalid === undefined ? TOO_MANY_HOSTS : wrong });
    return z.NEVER;
  });

export const SetClientSettings = z
  .object({
    slug: z.string().regex(/^[a-z0-9-]{1,63}$/, 'This API is no longer in the catalog.'),
    keyMethod: z.enum(KEY_METHODS, 'Choose how clients send their key.'),
    keyHeader,
    headerMode: z.enum(['except', 'only'], 'Choose which headers are forwarded.'),
    headerNames,
    redirectHosts,
    browserAccess: z
      .enum(['true', 'false'], 'Choose whether web pages can use this API.')
      .transform((text) => text === 'true'),
  })
  .superRefine(({ keyMethod, keyHeader, headerMode, headerNames }, context) => {
    const wrong = keyMethod === 'header' && (keyHeader === null || !canCarryKeys(keyHeader));
    if (wrong)
      context.addIssue({
        code: 'custom',
        path: ['keyHeader'],
        message:
          keyHeader === null
            ? 'Enter the header’s name, such as X-Partner-Key.'
            : `${keyHeader} can’t carry keys. Enter another name, such as X-Partner-Key.`,
      });
    const never = headerNames.find((name) => isNeverForwarded(name) || carriesKeys(name, keyMethod));
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
  keyMethod: KeyMethod;
  /** The header's name, if keys are sent in one with a name of its own. */
  keyHeader: string | null;
  redirectHosts: string[];
  browserAccess: boolean;
};

type Set = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' };

/** Sets how clients talk to an API through the gateway. Importing the API again keeps it. */
export async function setClientSettings(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { slug, ...input }: z.output<typeof SetClientSettings>,
): Promise<Set> {
  const after = { ...input, keyHeader: input.keyMethod === 'header' ? input.keyHeader : null };
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
  keyMethod: apis.keyMethod,
  keyHeader: apis.keyHeader,
  redirectHosts: apis.redirectHosts,
};
