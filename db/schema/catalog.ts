import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, id, oneOf } from './columns.ts';

/** How clients send their key: `basic` and `bearer` in Authorization, `header` in one with a name of its own. */
export const KEY_METHODS = ['any', 'basic', 'bearer', 'x-api-key', 'header'] as const;
export type KeyMethod = (typeof KEY_METHODS)[number];

/** An API that partners can connect to, imported from an OpenAPI document. */
export const apis = pgTable(
  'apis',
  {
    id: id(),
    /** First path segment at the gateway. */
    slug: text('slug').notNull().unique(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    version: text('version').notNull().default(''),
    openapi: text('openapi').notNull(),
    /** The imported document as JSON: converted to OpenAPI 3 and with all of its files, for the docs and for comparing. */
    document: text('document').notNull(),
    /** Where the document was fetched from, to fetch it again. Null if it was uploaded. */
    documentUrl: text('document_url'),
    upstreamUrl: text('upstream_url').notNull(),
    upstreamDevelopmentUrl: text('upstream_development_url'),
    upstreamStagingUrl: text('upstream_staging_url'),
    /** The upstream's own credential: header name, and its value sealed with the row ID as AAD. */
    upstreamHeaderName: text('upstream_header_name'),
    upstreamHeaderSealed: text('upstream_header_sealed'),
    /** Which request headers of clients are forwarded: all except those in `header_names`, or only those. */
    headerMode: text('header_mode').$type<'except' | 'only'>().notNull().default('except'),
    /** Lower case. */
    headerNames: text('header_names').array().notNull().default(sql`'{}'::text[]`),
    /** Whether web pages can use it, with keys that have allowed domains. */
    browserAccess: boolean('browser_access').notNull().default(true),
    /** `key_header` is the header's name in lower case, for `header`. */
    keyMethod: text('key_method').$type<KeyMethod>().notNull().default('any'),
    keyHeader: text('key_header'),
    /** Hosts that the API may redirect clients to: `files.example.com`, or `*.example.com` for its subdomains. */
    redirectHosts: text('redirect_hosts').array().notNull().default(sql`'{}'::text[]`),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    removedAt: at('removed_at'),
  },
  (table) => [
    check('apis_key_method_known', sql`${table.keyMethod} in (${oneOf(KEY_METHODS)})`),
    check('apis_key_header', sql`(${table.keyMethod} = 'header') = (${table.keyHeader} is not null)`),
  ],
);

export const endpoints = pgTable(
  'endpoints',
  {
    id: id(),
    apiId: uuid('api_id')
      .notNull()
      .references(() => apis.id),
    /** Upper case. */
    method: text('method').notNull(),
    /** Path template as in the document, such as `/cities/{city}`. */
    path: text('path').notNull(),
    operationId: text('operation_id'),
    summary: text('summary').notNull().default(''),
    description: text('description').notNull().default(''),
    tag: text('tag').notNull().default(''),
    deprecated: boolean('deprecated').notNull().default(false),
    /** Rejects keys of other environments. */
    productionOnly: boolean('production_only').notNull().default(false),
    /** The endpoint that answers the same requests and that apps connect to; null for itself. */
    routeId: uuid('route_id').references((): AnyPgColumn => endpoints.id),
    parameters: jsonb('parameters').notNull().default([]),
    requestBody: jsonb('request_body'),
    responses: jsonb('responses').notNull().default({}),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    /** Set when a new import no longer has the operation. The row stays, so that connections show as removed. */
    removedAt: at('removed_at'),
  },
  (table) => [
    unique('endpoints_api_method_path').on(table.apiId, table.method, table.path),
    index('endpoints_api').on(table.apiId),
  ],
);
