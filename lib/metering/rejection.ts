import postgres from 'postgres';

/**
 * SQLSTATE classes about the server, the connection or the schema, not about the data: connection (08),
 * transaction state (25), authorization (28), missing database or schema (3D, 3F), rollback (40), syntax and access (42),
 * resources (53), object state (55), operator intervention (57), system error (58), corruption (XX001, XX002).
 */
const NOT_THE_DATA = /^(08|25|26|28|3D|3F|40|42|53|55|57|58|XX00[12])/;

/** Whether the database rejected this data. Retrying the same data would fail again. */
export const isRejection = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && !NOT_THE_DATA.test(error.code);
