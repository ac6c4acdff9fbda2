import { randomBytes } from 'node:crypto';
import type { Db } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';

/** An API in the catalog, as if imported, with one endpoint for each `METHOD /path` given. */
export async function anApi(
  db: Db,
  operations: readonly string[] = ['GET /cities'],
  values: Partial<typeof apis.$inferInsert> = {},
) {
  const slug = `api-${randomBytes(6).toString('hex')}`;
  const [api] = await db
    .insert(apis)
    .values({
      slug,
      title: 'Weather',
      openapi: '3.1.0',
      document: '{}',
      upstreamUrl: 'http://upstream.test',
      ...values,
    })
    .returning();
  const rows = await db
    .insert(endpoints)
    .values(
      operations.map((operation) => {
        const [method, path] = operation.split(' ');
        return { apiId: api!.id, method: method!, path: path! };
      }),
    )
    .returning();
  return { ...api!, endpoints: rows, endpointIds: rows.map((row) => row.id) };
}
