import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { NotificationEvent } from './event.ts';

type Row = { team_id: string; key_id: string; name: string; member_id: string | null; ends_at: string };

/** Keys without a working successor that expired within the last day. `lib/credentials` sends the emails about them. */
export async function findExpiredKeys(db: Queryable, at: Date): Promise<NotificationEvent[]> {
  const now = sql`${at.toISOString()}::timestamptz`;
  const endsAt = sql`least(c.expires_at, c.retires_at)`;
  const isRecent = (column: SQL) => sql`${column} <= ${now} and ${column} > ${now} - interval '24 hours'`;
  const rows = await db.execute<Row>(sql`
    select c.team_id, c.key_id, c.name, c.member_id, ${endsAt} as ends_at
    from credentials c
    join teams t on t.id = c.team_id and t.deleted_at is null
    join applications a on a.id = c.application_id and a.archived_at is null
    left join credentials s on s.id = c.successor_id
    where c.status <> 'revoked' and ${isRecent(endsAt)}
      and (${isRecent(sql`c.expires_at`)} or ${isRecent(sql`c.retires_at`)}) -- These are indexed.
      and (s.id is null or s.status = 'revoked' or least(s.expires_at, s.retires_at) <= ${now})
    order by c.team_id, c.key_id`);
  return rows.map((row) => ({
    teamId: row.team_id,
    kind: 'expiry',
    cause: `ended:${row.key_id}:${new Date(row.ends_at).toISOString()}`,
    title: `The key “${row.name}” has expired`,
    body: 'Requests with this key are rejected. Rotate the key or create a new one, then update your applications.',
    path: `/api-keys/${row.key_id}`,
    keyMemberId: row.member_id,
    emails: false,
  }));
}
