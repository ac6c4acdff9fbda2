import { and, eq, isNull } from 'drizzle-orm';
import type { Db, Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { seal } from '#lib/vault/seal.ts';
import { type Operation, type Problem, readDocument } from './read-document.ts';
import { readUpstreamUrl } from './upstream-url.ts';

export type ImportInput = {
  source: string;
  /** First path segment at the gateway. Derived from the title if absent. */
  slug?: string;
  upstream: string;
  upstreamDevelopment?: string;
  upstreamStaging?: string;
  /** The upstream's own credential. If absent when importing again, the stored one is kept. */
  upstreamHeader?: { name: string; value: string };
};

export type ImportReport = {
  slug: string;
  title: string;
  created: boolean;
  added: string[];
  changed: string[];
  removed: string[];
  unchanged: number;
};
export type Imported = { ok: true; report: ImportReport } | { ok: false; problems: Problem[] };

type Context = {
  db: Db;
  operator: Operator | 'operator';
  encryptionKey: string;
  allowPrivateUpstreams: boolean;
};

/** `_` is used by the gateway's own pages. The others would be misleading in URLs. */
const RESERVED = new Set(['gateway', 'api', 'docs', 'operator', 'healthz', 'readyz', 'metrics']);
const HEADER_NAME = /^[!#$%&'*+.^`|~0-9A-Za-z-]+$/;
const FORBIDDEN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|cookie|x-latchkey-.*|x-request-id)$/i;
const CHUNK = 500;

/**
 * Imports an OpenAPI document as a new API or updates an existing one. Endpoints keep their IDs and connections;
 * those that are no longer in the document are marked as removed. An invalid document changes nothing.
 */
export async function importDocument(context: Context, input: ImportInput): Promise<Imported> {
  const read = readDocument(input.source);
  const problems = read.ok ? [] : [...read.problems];
  const upstreams = [input.upstream, input.upstreamDevelopment, input.upstreamStaging].map((url, i) => {
    if (!url) return i === 0 ? 'Enter an upstream URL.' : null;
    return readUpstreamUrl(url, { allowPrivate: context.allowPrivateUpstreams });
  });
  upstreams.forEach((upstream, i) => {
    if (typeof upstream === 'string')
      problems.push({ place: ['upstream', 'upstream-dev', 'upstream-staging'][i]!, reason: upstream });
  });
  const header = input.upstreamHeader;
  if (header && (!HEADER_NAME.test(header.name) || FORBIDDEN_HEADERS.test(header.name)))
    problems.push({ place: 'upstream-header', reason: `"${header.name}" can’t be used as a header.` });
  if (header && (/[\r\n\0]/.test(header.value) || !header.value.trim()))
    problems.push({
      place: 'upstream-header',
      reason: 'The value of the upstream header can’t be empty or contain line breaks.',
    });
  if (!read.ok || problems.length > 0) return { ok: false, problems };

  const { document } = read;
  const slug = input.slug ?? slugOf(document.title);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug) || RESERVED.has(slug)) {
    return {
      ok: false,
      problems: [
        {
          place: 'slug',
          reason: `"${slug}" isn’t a valid slug. Use lowercase letters, digits and hyphens. Reserved: ${[...RESERVED].join(', ')}.`,
        },
      ],
    };
  }
  const base = (i: number) => {
    const upstream = upstreams[i];
    return upstream && typeof upstream === 'object' ? upstream.origin + upstream.basePath : null;
  };
  const values = {
    title: document.title,
    description: document.description,
    version: document.version,
    openapi: document.openapi,
    document: input.source.replaceAll('\0', ''),
    upstreamUrl: base(0)!,
    upstreamDevelopmentUrl: base(1),
    upstreamStagingUrl: base(2),
    updatedAt: new Date(),
    removedAt: null,
  };
  const { report, epoch } = await context.db.transaction(async (tx) => {
    const [known] = await tx
      .select({ id: apis.id, removedAt: apis.removedAt })
      .from(apis)
      .where(eq(apis.slug, slug))
      .for('update');
    const [api] = known
      ? await tx.update(apis).set(values).where(eq(apis.id, known.id)).returning({ id: apis.id })
      : await tx
          .insert(apis)
          .values({ slug, ...values })
          .returning({ id: apis.id });
    const apiId = api!.id;
    if (header) {
      const sealed = seal(header.value, apiId, context.encryptionKey);
      await tx
        .update(apis)
        .set({ upstreamHeaderName: header.name, upstreamHeaderSealed: sealed })
        .where(eq(apis.id, apiId));
    }
    const difference = await storeOperations(tx, apiId, document.operations);
    const report: ImportReport = {
      slug,
      title: document.title,
      created: !known || known.removedAt !== null,
      ...difference,
    };
    await recordAudit(
      tx,
      context.operator,
      'api.import',
      { kind: 'api', id: slug },
      {
        after: {
          title: document.title,
          version: document.version,
          added: difference.added.length,
          changed: difference.changed.length,
          removed: difference.removed.length,
        },
      },
    );
    return { report, epoch: await raiseEpoch(tx, { kind: 'catalog', id: slug }) };
  });
  await confirmEpoch(context.db, epoch);
  return { ok: true, report };
}

async function storeOperations(tx: Queryable, apiId: string, operations: readonly Operation[]) {
  const known = await tx
    .select({
      id: endpoints.id,
      method: endpoints.method,
      path: endpoints.path,
      removedAt: endpoints.removedAt,
      operationId: endpoints.operationId,
      summary: endpoints.summary,
      description: endpoints.description,
      tag: endpoints.tag,
      deprecated: endpoints.deprecated,
      parameters: endpoints.parameters,
      requestBody: endpoints.requestBody,
      responses: endpoints.responses,
    })
    .from(endpoints)
    .where(eq(endpoints.apiId, apiId));
  const byName = new Map(known.map((row) => [`${row.method} ${row.path}`, row]));
  const added: string[] = [];
  const changed: string[] = [];
  const fresh: (typeof endpoints.$inferInsert)[] = [];
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`;
    const row = byName.get(name);
    byName.delete(name);
    if (!row) {
      added.push(name);
      fresh.push({ apiId, ...operation });
      continue;
    }
    const back = row.removedAt !== null;
    if (!back && sameContent(row, operation)) continue;
    (back ? added : changed).push(name);
    await tx
      .update(endpoints)
      .set({ ...operation, updatedAt: new Date(), removedAt: null })
      .where(eq(endpoints.id, row.id));
  }
  for (let i = 0; i < fresh.length; i += CHUNK) await tx.insert(endpoints).values(fresh.slice(i, i + CHUNK));
  const removed = [...byName.values()].filter((row) => row.removedAt === null);
  for (const row of removed)
    await tx
      .update(endpoints)
      .set({ removedAt: new Date() })
      .where(and(eq(endpoints.id, row.id), isNull(endpoints.removedAt)));
  return {
    added,
    changed,
    removed: removed.map((row) => `${row.method} ${row.path}`),
    unchanged: operations.length - added.length - changed.length,
  };
}

/** jsonb doesn't preserve key order, so both sides are sorted. */
function sameContent(row: Record<string, unknown>, operation: Operation): boolean {
  return Object.entries(operation).every(([key, value]) => canonical(row[key]) === canonical(value));
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'null';

const slugOf = (title: string) =>
  title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .replace(/-?(rest-)?api$/, '')
    .slice(0, 63) || 'api';
