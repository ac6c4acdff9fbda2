import { and, isNull } from 'drizzle-orm';
import { apis, endpoints } from '#db/schema/catalog.ts';

/** Endpoints, joined with their APIs, that are currently in the catalog. */
export const isOffered = and(isNull(endpoints.removedAt), isNull(apis.removedAt));

/** Those that apps can connect to. The others describe the same requests as one of these. */
export const isConnectable = and(isOffered, isNull(endpoints.routeId));
