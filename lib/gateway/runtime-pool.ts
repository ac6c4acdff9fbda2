import type postgres from 'postgres';
import type { connect, Db } from '#db/client.ts';
import { log } from '#lib/process/log.ts';

type Connected = ReturnType<typeof connect>;

/**
 * A pool that can be replaced while in use. Connections to an unresponsive host never fail on their own, and every query
 * sent over them hangs.
 */
export function replaceablePool(open: () => Connected) {
  let current = open();
  const sql = new Proxy((() => {}) as unknown as postgres.Sql, {
    // The pool is a template function with properties. Both lead to the current pool.
    apply: (_target, _this, args) =>
      Reflect.apply(current.sql as unknown as CallableFunction, undefined, args),
    get: (_target, property) => Reflect.get(current.sql, property),
  });
  return {
    sql,
    db: (): Db => current.db,
    replace(): void {
      const old = current;
      current = open();
      log.warn('The database did not respond in time. Its connections are replaced');
      old.sql
        .end({ timeout: 0 })
        .catch((err: unknown) => log.warn({ err }, 'Closing old connections failed'));
    },
    end: () => current.sql.end({ timeout: 2 }),
  };
}
