import { join } from 'node:path';
import { connect, database, databaseUrl, pool } from '#db/client.ts';
import { renderMail } from '#emails/render.tsx';
import { applyConfiguredOperator } from '#lib/accounts/configured-operator.ts';
import { REVOCATIONS, replayRevocations } from '#lib/credentials/revocation-journal.ts';
import { env, readSettings } from '#lib/env.ts';
import { guardServers } from '#lib/gateway/portal-edge.ts';
import { keepJobs } from '#lib/jobs/running.ts';
import { SCHEDULE } from '#lib/jobs/schedule.ts';
import { startJobs } from '#lib/jobs/start-jobs.ts';
import { openTransport } from '#lib/mail/transport.ts';
import { startMailWorker } from '#lib/mail/worker.ts';

/** Bounds request bodies before Next buffers them. */
export const guardRequests = (): void => guardServers({ portalUrl: env().PORTAL_URL });

/** A backup may have been restored since the last start: keys revoked after it was taken are revoked again. */
export async function keepRevoked(): Promise<void> {
  await replayRevocations(database(), join(env().DATA_DIR, REVOCATIONS));
}

/** Applies `OPERATOR_EMAIL`, which may have changed since the last start. */
export async function applyOperator(): Promise<void> {
  await applyConfiguredOperator({ db: database(), settings: readSettings() });
}

/** Starts the mail worker of this process. */
export async function startMail(): Promise<void> {
  const { RESEND_API_KEY, RESEND_BASE_URL, SMTP_URL, outboxDir } = env();
  const { mailFrom, encryptionKey } = readSettings();
  await startMailWorker({
    sql: pool(),
    transport: openTransport({
      ...{ resendApiKey: RESEND_API_KEY, resendBaseUrl: RESEND_BASE_URL },
      ...{ smtpUrl: SMTP_URL, outboxDir },
    }),
    render: renderMail,
    from: mailFrom,
    encryptionKey,
  });
}

const JOB_STATEMENT_TIMEOUT_MS = 600_000;

/** Starts the scheduled jobs of this process. Every portal process does; each run happens in one of them. */
export function startScheduled(): void {
  const url = databaseUrl();
  // Connections of their own: what takes minutes must not stand in the way of pages.
  const work = connect(url, { max: 3, statementTimeoutMs: JOB_STATEMENT_TIMEOUT_MS });
  const jobs = keepJobs(startJobs({ url, ...work, settings: readSettings(), schedule: SCHEDULE }));
  // Next ends the process by itself; a run that it cuts off is noticed and tried again by another.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void jobs.stop());
}
