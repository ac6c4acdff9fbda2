import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { apis } from '#db/schema/catalog.ts';
import { confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { seal } from '#lib/vault/seal.ts';
import type { Note, Problem, Skipped } from './document-types.ts';
import type { Read } from './read-document.ts';
import { type DocumentSource, readSource } from './read-source.ts';
import { storeOperations } from './store-operations.ts';
import { readUpstreamUrl } from './upstream-url.ts';

export type ImportInput = {
  source: string | DocumentSource;
  /** Where the document was fetched from. */
  documentUrl?: string;
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
  /** What was left out, and what doesn't take effect. */
  skipped: Skipped[];
  notes: Note[];
};
export type Imported = { ok: true; report: ImportReport } | { ok: false; problems: Problem[] };

type Context = {
  db: Db;
  operator: Operator | 'operator';
  encryptionKey: string;
  allowPrivateUpstreams: boolean;
};

const UPSTREAM_PLACES = ['upstream', 'upstream-dev', 'upstream-staging'] as const;
/** `_` is used by the gateway's own pages. The others would be misleading in URLs. */
const RESERVED = new Set(['gateway', 'api', 'docs', 'operator', 'healthz', 'readyz', 'metrics']);
const HEADER_NAME = /^[!#$%&'*+.^`|~0-9A-Za-z-]+$/;
const FORBIDDEN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|cookie|x-latchkey-.*|x-request-id)$/i;

type Prepared =
  | {
      ok: true;
      read: Read & { ok: true };
      slug: string;
      /** Of production, development and staging. */
      upstreams: readonly [string, string | null, string | null];
    }
  | { ok: false; problems: Problem[] };

/** Reads the document and checks everything else. Changes nothing. */
export async function prepareImport(
  { allowPrivateUpstreams }: Pick<Context, 'allowPrivateUpstreams'>,
  input: ImportInput,
): Promise<Prepared> {
  const read = await readSource(asSource(input.source));
  const problems = read.ok ? [] : [...read.problems];
  const upstreams = [input.upstream, input.upstreamDevelopment, input.upstreamStaging].map((url, i) => {
    if (!url) return i === 0 ? { place: UPSTREAM_PLACES[0], reason: 'Enter an upstream URL.' } : null;
    const upstream = readUpstreamUrl(url, { allowPrivate: allowPrivateUpstreams });
    if (typeof upstream === 'string') return { place: UPSTREAM_PLACES[i]!, reason: upstream };
    return upstream.origin + upstream.basePath;
  });
  for (const upstream of upstreams) if (upstream && typeof upstream === 'object') problems.push(upstream);
  problems.push(...headerProblems(input.upstreamHeader));
  if (!read.ok || problems.length > 0) return { ok: false, problems };
  const slug = input.slug ?? slugOf(read.document.title);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug) || RESERVED.has(slug)) {
    const reason = `"${slug}" isn’t a valid slug. Use lowercase letters, digits and hyphens. Reserved: ${[...RESERVED].join(', ')}.`;
    return { ok: false, problems: [{ place: 'slug', reason }] };
  }
  return { ok: true, read, slug, upstreams: upstreams as [string, string | null, string | null] }; // Problems are out.
}

function headerProblems(header: ImportInput['upstreamHeader']): Problem[] {
  const place = 'upstream-header';
  const problems: Problem[] = [];
  if (header && (!HEADER_NAME.test(header.name) || FORBIDDEN_HEADERS.test(header.name)))
    problems.push({ place, reason: `"${header.name}" can’t be used as a header.` });
  if (header && (/[\r\n\0]/.test(header.value) || !header.value.trim()))
    problems.push({
      place,
      reason: 'The value of the upstream header can’t be empty or contain line breaks.',
    });
  return problems;
}

/**
 * Imports an OpenAPI document as a new API or updates an existing one. Endpoints keep their IDs and connections;
 * those that are no longer in the document are marked as removed. What can't be routed is left out and reported.
 * A document that can't be read changes nothing.
 */
export async function importDocument(context: Context, input: ImportInput): Promise<Imported> {
  const prepared = await prepareImport(context, input);
  if (!prepared.ok) return prepared;
  const { slug, read, upstreams } = prepared;
  const { document } = read;
  const values = {
    title: document.title,
    description: document.description,
    version: document.version,
    openapi: document.openapi,
    document: JSON.stringify(read.root),
    documentUrl: input.documentUrl ?? null,
    upstreamUrl: upstreams[0],
    upstreamDevelopmentUrl: upstreams[1],
    upstreamStagingUrl: upstreams[2],
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
    const header = input.upstreamHeader;
    if (header) {
      const sealed = seal(header.value, apiId, context.encryptionKey);
      await tx
        .update(apis)
        .set({ upstreamHeaderName: header.name, upstreamHeaderSealed: sealed })
        .where(eq(apis.id, apiId));
    }
    const difference = await storeOperations(tx, apiId, document);
    const { added, changed, removed } = difference;
    const { title, version } = document;
    const counts = { added: added.length, changed: changed.length, removed: removed.length };
    const after = { title, version, ...counts, skipped: read.skipped.length };
    await recordAudit(tx, context.operator, 'api.import', { kind: 'api', id: slug }, { after });
    const created = !known || known.removedAt !== null;
    const report = { slug, title, created, ...difference, skipped: read.skipped, notes: read.notes };
    return { report, epoch: await raiseEpoch(tx, { kind: 'catalog', id: slug }) };
  });
  await confirmEpoch(context.db, epoch);
  return { ok: true, report };
}

const asSource = (source: ImportInput['source']): DocumentSource =>
  typeof source === 'string' ? { files: [{ name: 'document', bytes: Buffer.from(source) }] } : source;

const slugOf = (title: string) =>
  title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .replace(/-?(rest-)?api$/, '')
    .slice(0, 63) || 'api';
