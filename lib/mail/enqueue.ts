import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { outbox } from '#db/schema/mail.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { redactValues } from '#lib/vault/find-keys.ts';
import { seal } from '#lib/vault/seal.ts';

/** Every email and the properties its template needs. Links are absolute URLs. */
export type MailProps = {
  'verify-email': { name: string; link: string };
  'already-registered': { name: string; signInLink: string; resetLink: string };
  'reset-password': { name: string; link: string };
  'password-changed': { name: string; resetLink: string };
  'two-factor-changed': { name: string; change: 'on' | 'off' | 'recovery_code_used'; link: string };
  invitation: {
    name: string;
    team: string;
    inviter: string;
    role: string;
    message: string;
    link: string;
    /** ISO 8601, UTC. */
    expiresAt: string;
  };
  'invitation-asked-again': { name: string; team: string; invited: string; link: string };
  'invitation-accepted': { name: string; team: string; joined: string; link: string };
  'member-suspended': { name: string; team: string; by: string };
  'member-removed': { name: string; team: string; by: string };
  'role-changed': { name: string; team: string; by: string; role: string; link: string };
  'review-due': { name: string; team: string; days: number; link: string };
  'key-exposed': {
    name: string;
    team: string;
    keyName: string;
    sharedKey: string;
    outcome: 'revoked' | 'dead' | 'works' | 'typed';
    source: string;
    place: string;
    note: string;
    /** ISO 8601, UTC. */
    foundAt: string;
    link: string;
    /** Completes the sentence "You’re receiving this email because". */
    why: string;
  };
  'key-expiring': {
    name: string;
    team: string;
    /** Sorted by expiration. */
    keys: {
      name: string;
      sharedKey: string;
      application: string;
      environment: string;
      /** ISO 8601, UTC. */
      endsAt: string;
      ended: boolean;
      link: string;
    }[];
    link: string;
    /** Completes the sentence "You’re receiving this email because". */
    why: string;
  };
  'incident-opened': { name: string; team: string; by: string; keyName: string; link: string; why: string };
  notification: {
    name: string;
    team: string;
    items: { title: string; body: string; link: string }[];
    settingsLink: string;
    /** Completes the sentence "You’re receiving this email because". */
    why: string;
  };
  'log-retention': {
    name: string;
    team: string;
    change: 'lowered' | 'restored';
    daysBefore: number;
    daysAfter: number;
    requests: number;
    /** ISO 8601, UTC. */
    dueAt: string;
    link: string;
  };
  'team-deleted': { name: string; team: string; by: string; until: string; link: string };
};
export type Template = keyof MailProps;

/** Channel that wakes the worker. */
export const MAIL_CHANNEL = 'latchkey_mail';

/** Queues an email in the caller's transaction, so it is sent only if that commits. Returns its ID. Secret keys are masked. */
export async function enqueueMail<T extends Template>(
  { db: tx, settings }: DbAndSettings,
  mail: { to: string; template: T; props: MailProps[T] },
): Promise<string> {
  const id = v7();
  await tx.insert(outbox).values({
    id,
    template: mail.template,
    recipient: mail.to,
    sealedProps: seal(JSON.stringify(redactValues(mail.props)), id, settings.encryptionKey),
  });
  await tx.execute(sql`select pg_notify(${MAIL_CHANNEL}, '')`);
  return id;
}
