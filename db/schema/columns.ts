import { sql } from 'drizzle-orm';
import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** A time-ordered key (RFC 9562 UUIDv7), generated in the process so that a row's ID is known before it is written. */
export const id = () =>
  uuid('id')
    .primaryKey()
    .$defaultFn(() => v7());

export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** The values of a closed set, for the `in (…)` of a check constraint. */
export const oneOf = (values: readonly string[]) => sql.raw(values.map((value) => `'${value}'`).join(', '));
