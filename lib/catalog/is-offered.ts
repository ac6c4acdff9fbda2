import { and, isNull } from 'drizzle-orm';
import { apis, endpoints } from '#db/schema/catalog.ts';

/** Endpoints, joined with their APIs, that are currently in the catalog. */
export const isOffered = and(isNull(endpoints.removedAt), isNull(apis.removedAt));
