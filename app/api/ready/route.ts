import { pool } from '#db/client.ts';
import { databaseResponds } from '#db/liveness.ts';
import { schemaState } from '#db/schema-state.ts';
import { log } from '#lib/process/log.ts';

export const dynamic = 'force-dynamic';

type Reason = 'database_unavailable' | 'database_read_only' | `schema_${'empty' | 'older' | 'newer'}`;

/** Whether the portal can serve pages: the database responds, can be written to, and has the schema of this version. */
export async function GET(): Promise<Response> {
  const reason = await reasonAgainst();
  const body = reason ? { status: 'unavailable', reason } : { status: 'ok' };
  return Response.json(body, { status: reason ? 503 : 200, headers: { 'Cache-Control': 'no-store' } });
}

async function reasonAgainst(): Promise<Reason | null> {
  if (!(await databaseResponds())) return 'database_unavailable';
  try {
    const [session] = await pool()<{ transaction_read_only: string }[]>`show transaction_read_only`;
    if (session?.transaction_read_only === 'on') return 'database_read_only';
    const { state } = await schemaState(pool());
    return state === 'current' ? null : `schema_${state}`;
  } catch (err) {
    log.error({ err }, 'The readiness check failed');
    return 'database_unavailable';
  }
}
