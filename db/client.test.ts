import { expect, inject, test } from 'vitest';
import { connect } from './client.ts';

test('a transaction whose connection is cut fails like any other, and the pool keeps working', async () => {
  const { sql } = connect(inject('databaseUrl'), { max: 1 });
  const { sql: other } = connect(inject('databaseUrl'), { max: 1 });
  for (let round = 0; round < 4; round++) {
    const cut = sql.begin(async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await other`select pg_terminate_backend(${row!.pid})`;
      await tx`select 1`.catch(() => {});
      await tx`select 2`;
    });
    await expect(cut).rejects.toThrow();
    // The next statement may still use the connection that is closing. The one after it has a new connection.
    const three = () => sql<{ three: number }[]>`select 3 as three`;
    const [row] = await three().catch(three);
    expect(row?.three).toBe(3);
  }
  await Promise.all([sql.end(), other.end()]);
});
