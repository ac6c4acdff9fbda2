export const dynamic = 'force-dynamic';

/** Whether the process is up. Doesn't check the database. */
export const GET = (): Response =>
  Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } });
