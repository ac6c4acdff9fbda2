import type postgres from 'postgres';
import type { Ticket } from './ticket.ts';

/**
 * Redeems a ticket. True only for its first use on any gateway, and only while its member is active in the credential's
 * team. Also deletes expired tickets.
 */
export async function useTicket(sql: postgres.Sql, ticket: Ticket): Promise<boolean> {
  const used = await sql`
    with pruned as (delete from tester_tickets where expires_at < clock_timestamp() - interval '1 minute')
    insert into tester_tickets (nonce, expires_at)
    select ${ticket.nonce}, to_timestamp(${ticket.expiresAtMs}::float8 / 1000)
    where to_timestamp(${ticket.expiresAtMs}::float8 / 1000) > clock_timestamp()
      and exists (
        select 1 from members m join credentials c on c.team_id = m.team_id
        where m.id = ${ticket.memberId} and m.status = 'active' and c.key_id = ${ticket.keyId})
    on conflict do nothing returning 1`;
  return used.length === 1;
}
