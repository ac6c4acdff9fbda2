import { and, isNull } from 'drizzle-orm';
import { apis, endpoints } from '#db/schema/catalog.ts';

/** Endpoints, joined with their APIs, that the catalog has now. */
export const isOffered = and(isNull(endpoints.removedAt), isNull(apis.removedAt));
