import { type SQL, sql } from 'drizzle-orm';

/** Each rotation makes a key the successor of another. These are the keys of such a chain, in SQL as `select id`. */

const SUCCESSORS = [
  'with recursive chain as (select ',
  ` as id union
    select c.successor_id from credentials c join chain on c.id = chain.id where c.successor_id is not null)
  select id from chain`,
] as const;

const PREDECESSORS = [
  'with recursive chain as (select c.id from credentials c where c.successor_id = ',
  ` union
    select c.id from credentials c join chain on c.successor_id = chain.id)
  select id from chain`,
] as const;

const around = ([before, after]: readonly [string, string], id: SQL) =>
  sql`${sql.raw(before)}${id}${sql.raw(after)}`;

/** A key and all keys that replaced it. */
export const withSuccessors = (id: SQL): SQL => around(SUCCESSORS, id);

/** The same as text, for statements without Drizzle; `id` is an expression of the statement. */
export const withSuccessorsText = (id: string): string => SUCCESSORS.join(id);

/** All keys that a key replaced. */
export const predecessors = (id: SQL): SQL => around(PREDECESSORS, id);

/** The first key of a chain, as text. */
export const chainRootText = (id: string): string => `with recursive chain as (
    select ${id} as id, 0 as depth
    union all
    select p.id, chain.depth + 1 from credentials p join chain on p.successor_id = chain.id where chain.depth < 1000)
  select id from chain order by depth desc limit 1`;
