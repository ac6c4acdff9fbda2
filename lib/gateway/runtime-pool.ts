import type postgres from 'postgres';
import type { connect, Db } from '#db/client.ts';

type Connected = ReturnType<typeof connect>;

/**
 * A pool that can be replaced while in use. Connections into a black hole never fail by themselves, and would take every
 * query that is handed to them along.
 */
export function replaceablePool(open: () => Connected) {
  let current = open();
  const sql = new Proxy((() => {}) as unknown as postgres.Sql, {
    // The pool is a template function with properties: both lead to whichever pool is the present one.
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
      void old.sql.end({ timeout: 0 }).catch(() => {});
    },
    end: () => current.sql.end({ timeout: 2 }),
  };
}
