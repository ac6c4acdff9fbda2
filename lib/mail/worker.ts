import type postgres from 'postgres';
import { log } from '#lib/process/log.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import { unseal } from '#lib/vault/seal.ts';
import { MAIL_CHANNEL, type MailProps, type Template } from './enqueue.ts';
import { DeliveryFailed, type Transport } from './transport.ts';

export type Rendered = { subject: string; html: string; text: string };
type Render = <T extends Template>(template: T, props: MailProps[T]) => Promise<Rendered>;

type Options = {
  sql: postgres.Sql;
  transport: Transport;
  render: Render;
  from: string;
  encryptionKey: string;
  pollMs?: number;
  /** Wait after the first failure. It doubles with each further one. */
  backoffMs?: number;
};

type Claimed = { id: string; template: Template; recipient: string; sealed_props: string; attempts: number };

/** A claim that is older belongs to a worker that died. */
const CLAIM_SECONDS = 60;
/** About a day of attempts, with waits of at most an hour. */
const ATTEMPTS_MAX = 32;
const BACKOFF_MAX_MS = 3_600_000;

/**
 * Sends queued emails one at a time, on any number of processes. A worker claims an email by moving its due time ahead,
 * so one that dies delays it by a minute. The email's ID is the idempotency key.
 */
export async function startMailWorker({
  sql,
  transport,
  render,
  from,
  encryptionKey,
  pollMs = 1_000,
  backoffMs = 2_000,
}: Options) {
  let stopped = false;
  let wake = () => {};
  const databaseError = new RepeatedError('The mail worker could not reach the database');

  async function claim(): Promise<Claimed | undefined> {
    const [row] = await sql<Claimed[]>`
      update outbox set next_attempt_at = now() + make_interval(secs => ${CLAIM_SECONDS}), attempts = attempts + 1
      where id = (
        select id from outbox where sent_at is null and failed_at is null and next_attempt_at <= now()
        order by next_attempt_at limit 1 for update skip locked)
      returning id, template, recipient, sealed_props, attempts`;
    return row;
  }

  async function deliver(mail: Claimed): Promise<void> {
    try {
      const props = JSON.parse(unseal(mail.sealed_props, mail.id, encryptionKey)) as MailProps[Template]; // Sealed by enqueueMail.
      const letter = await render(mail.template, props);
      await transport.send({ id: mail.id, to: mail.recipient, from, ...letter });
      await sql`update outbox set sent_at = now(), sealed_props = null, last_error = null where id = ${mail.id}`;
    } catch (error) {
      await postpone(mail, error);
    }
  }

  async function postpone(mail: Claimed, error: unknown): Promise<void> {
    const said = (error instanceof DeliveryFailed && error.retryAfterMs) || 0;
    // Never earlier than our own wait: a service that always asks to retry immediately must not use up all attempts.
    const waitMs = Math.min(BACKOFF_MAX_MS, Math.max(said, backoffMs * 2 ** (mail.attempts - 1)));
    const reason = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown';
    const over = mail.attempts >= ATTEMPTS_MAX;
    if (over) log.error({ mailId: mail.id, template: mail.template, reason }, 'An email was given up');
    await sql`
      update outbox set last_error = ${reason}, next_attempt_at = now() + make_interval(secs => ${waitMs / 1000}),
        failed_at = case when ${over} then now() end, sealed_props = case when ${over} then null else sealed_props end
      where id = ${mail.id} and sent_at is null`;
  }

  async function next(): Promise<Claimed | undefined> {
    try {
      const mail = await claim();
      databaseError.recovered();
      return mail;
    } catch (error) {
      databaseError.failed(error);
      return undefined;
    }
  }

  /** If the result can't be recorded, the claim expires and another attempt is made. */
  async function attempt(mail: Claimed): Promise<void> {
    try {
      await deliver(mail);
    } catch (error) {
      databaseError.failed(error, { mailId: mail.id });
    }
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      const mail = await next();
      if (mail) await attempt(mail);
      else
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
    }
  }

  const running = loop();
  const subscription = await sql
    .listen(MAIL_CHANNEL, () => wake())
    .catch((err: unknown) => {
      log.warn({ err }, 'The mail worker can’t listen for new emails. It checks for them regularly instead.');
      return undefined;
    });

  return {
    async stop(): Promise<void> {
      stopped = true;
      wake();
      await running;
      await subscription?.unlisten().catch((err: unknown) => {
        log.debug({ err }, 'The mail worker could not stop listening');
      });
    },
  };
}
