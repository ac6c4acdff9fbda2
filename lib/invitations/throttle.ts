import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Queryable } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { outbox } from '#db/schema/mail.ts';

/** Invitations one address gets in an hour, from all teams together, and one team sends in a day (ASVS 2.4.1). */
const MAILS_PER_ADDRESS_HOUR = 5;
const MAILS_PER_TEAM_DAY = 200;

/** The audit actions that stand for a mail that was sent. */
const SENT = ['member.invite', 'invitation.resend'] as const;

/**
 * Whether one more invitation may go to an address. The lock on the address makes the answer true until commit; who
 * asks for several takes them in the order of the addresses. Call it under `lockTeam`.
 */
export async function mayMail(tx: Queryable, teamId: string, email: string): Promise<boolean> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`invitation ${email}`}, 0))`);
  const toAddress = await tx.$count(
    outbox,
    and(
      gt(outbox.id, idsSince(2)), // Ids are in order of time: this is the part of the table that is read.
      eq(outbox.recipient, email),
      eq(outbox.template, 'invitation'),
      gt(outbox.createdAt, sql`now() - interval '1 hour'`),
    ),
  );
  if (toAddress >= MAILS_PER_ADDRESS_HOUR) return false;
  const ofTeam = await tx.$count(
    auditEvents,
    and(
      eq(auditEvents.teamId, teamId),
      gt(auditEvents.id, idsSince(25)),
      inArray(auditEvents.action, SENT),
      gt(auditEvents.at, sql`now() - interval '1 day'`),
    ),
  );
  return ofTeam < MAILS_PER_TEAM_DAY;
}

/** A lower bound for the ids of rows younger than some hours. */
const idsSince = (hours: number) => v7({ msecs: Date.now() - hours * 3_600_000, random: new Uint8Array(16) });
