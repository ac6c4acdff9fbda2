import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { Instrumentation } from 'next';
import { connect, database, directUrl, pool } from '#db/client.ts';
import { databaseResponds } from '#db/liveness.ts';
import { DatabaseProblem } from '#db/problem.ts';
import { refuseNewer, schemaState } from '#db/schema-state.ts';
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
import { logRequestFailure, routeConsoleToLog } from '#lib/process/console-to-log.ts';
import { explainError } from '#lib/process/describe-error.ts';
import { log } from '#lib/process/log.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';

/** Bounds request bodies before Next buffers them. */
const guardRequests = (): void =>
  guardServers({ portalUrl: env().PORTAL_URL, development: env().NODE_ENV === 'development' });

const RETRY_MS = 1_000;

/** Starts the background work of a portal process. Waits for an unavailable database, while pages return 503. */
export async function startPortal(): Promise<void> {
  if (env().NODE_ENV !== 'development') routeConsoleToLog();
  // All copies of an installation must be able to read what any of them has encrypted into a page.
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ??= actionKey(env().LATCHKEY_ENCRYPTION_KEY);
  guardRequests();
  void databaseResponds(); // Watches the database from now on.
  const failure = new RepeatedError('The portal is waiting for its database');
  const start = async (): Promise<void> => {
    try {
      refuseNewer(await schemaState(pool()));
      await keepRevoked();
      await applyOperator();
    } catch (err) {
      if (err instanceof DatabaseProblem) exitWith(err);
      failure.failed(err);
      setTimeout(() => void start(), RETRY_MS);
      return;
    }
    failure.recovered();
    startScheduled();
    await startMail();
  };
  await start();
}

function exitWith(err: Error): never {
  log.fatal({ err }, explainError(err));
  process.exit(1);
}

const actionKey = (encryptionKey: string): string =>
  Buffer.from(hkdfSync('sha256', Buffer.from(encryptionKey, 'hex'), '', 'server actions', 32)).toString(
    'base64',
  );

/** A backup may have been restored since the last start. Keys that were revoked after it was made are revoked again. */
async function keepRevoked(): Promise<void> {
  await replayRevocations(database(), join(env().DATA_DIR, REVOCATIONS));
}

/** Applies `OPERATOR_EMAIL`, which may have changed since the last start. */
async function applyOperator(): Promise<void> {
  await applyConfiguredOperator({ db: database(), settings: readSettings() });
}

/** Starts the mail worker of this process. */
async function startMail(): Promise<void> {
  const { RESEND_API_KEY, RESEND_BASE_URL, SMTP_URL, outboxDir } = env();
  const { mailFrom, encryptionKey } = readSettings();
  await startMailWorker({
    // Its own connections, past a pooler: it listens.
    sql: connect(directUrl(), { max: 3 }).sql,
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
/** Some jobs lift the statement timeout for a single statement, such as building an index. */
const JOB_SILENCE_MS = 3_600_000;

/** Starts the scheduled jobs of this process. Every portal process does, and each run happens in one of them. */
function startScheduled(): void {
  const url = directUrl();
  // Its own connections: work that takes minutes must not delay pages.
  const work = connect(url, {
    max: 3,
    statementTimeoutMs: JOB_STATEMENT_TIMEOUT_MS,
    silenceMs: JOB_SILENCE_MS,
  });
  const jobs = keepJobs(startJobs({ url, ...work, settings: readSettings(), schedule: SCHEDULE }));
  // Next ends the process itself. Another process notices an interrupted run and repeats it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void jobs.stop());
}

/** Logs an error of a page, a route or an action. The route, not the path: paths hold tokens. */
export const logRequestError: Instrumentation.onRequestError = (error, request, context) => {
  const id = request.headers['x-request-id'];
  logRequestFailure(error, {
    ...(typeof id === 'string' ? { requestId: id } : {}),
    method: request.method,
    route: context.routePath,
    kind: context.routeType,
  });
};
