import type postgres from 'postgres';
import type { Db } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { remindExpiry } from '#lib/credentials/remind-expiry.ts';
import { startRetirements } from '#lib/credentials/start-retirement.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { dropExpiredUsage, ensureUsagePartitions, indexClosedDays } from '#lib/metering/partitions.ts';
import { reconcileDay } from '#lib/metering/reconcile.ts';
import { evaluateNotifications } from '#lib/notifications/evaluate-notifications.ts';
import { describeReason } from '#lib/refusals/reasons.ts';
import { remindReviews } from '#lib/reviews/remind-reviews.ts';
import { prune } from './prune.ts';

/** The context of a job. */
export type JobContext = { db: Db; sql: postgres.Sql; settings: Settings };

export type Job = {
  /** The name in the queue, in the audit log and in URLs. */
  name: string;
  title: string;
  does: string;
  /** Five fields, UTC. */
  cron: string;
  /** The schedule as text. */
  when: string;
  timeoutSeconds: number;
  /** Also runs whenever a process starts. Any job that was due while no process was running does so too. */
  atStart?: boolean;
  /** Returns a sentence about what it did. It is retried after a failure, so it must be idempotent. */
  run: (context: JobContext) => Promise<string>;
};

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

/** All scheduled jobs. */
export const SCHEDULE: readonly Job[] = [
  {
    name: 'expiry-reminders',
    title: 'Key expiry reminders',
    does: 'Emails owners, admins and the key’s member 14, 7 and 1 days before a key expires, and when it expires.',
    cron: '5 * * * *',
    when: 'Every hour',
    timeoutSeconds: 300,
    atStart: true,
    run: async ({ db, settings }) => {
      const { emails, keys } = await remindExpiry({ db, settings });
      return emails === 0
        ? 'No reminders due.'
        : `Sent ${formatCount(emails, 'email')} about ${formatCount(keys, 'key')}.`;
    },
  },
  {
    name: 'retirements',
    title: 'Expire rotated keys',
    does: 'Sets the expiration of a rotated key once its successor has been used.',
    cron: '* * * * *',
    when: 'Every minute',
    timeoutSeconds: 60,
    run: async ({ db }) => {
      const started = await startRetirements({ db });
      return started === 0 ? 'Nothing to do.' : `Set the expiration of ${formatCount(started, 'key')}.`;
    },
  },
  {
    name: 'review-reminders',
    title: 'Membership review reminders',
    does: 'Emails the owners of teams whose membership review is due.',
    cron: '20 * * * *',
    when: 'Every hour',
    timeoutSeconds: 300,
    run: async ({ db, settings }) => {
      const teams = await remindReviews({ db, settings });
      return teams === 0 ? 'No reviews due.' : `Reminded ${formatCount(teams, 'team')}.`;
    },
  },
  {
    name: 'notifications',
    title: 'Notifications',
    does: 'Notifies members about quotas at 80% and 100%, error spikes, rejected requests and expired keys.',
    cron: '* * * * *',
    when: 'Every minute',
    timeoutSeconds: 120,
    run: async ({ db, settings }) => {
      const { notified, emails } = await evaluateNotifications({ db, settings, reasonWords: describeReason });
      return notified === 0
        ? 'Nothing new.'
        : `Sent ${formatCount(notified, 'notification')} and ${formatCount(emails, 'email')}.`;
    },
  },
  {
    name: 'usage-partitions',
    title: 'Create usage partitions',
    does: 'Creates the tables for the next seven days of requests and usage, and indexes past days.',
    cron: '10 * * * *',
    when: 'Every hour',
    timeoutSeconds: 1_800,
    atStart: true,
    run: async ({ db }) => {
      const made = await ensureUsagePartitions(db);
      const indexed = await indexClosedDays(db);
      if (made === null)
        return `The tables are in use. They will be created at the next run. Indexed ${formatCount(indexed, 'day')}.`;
      if (made + indexed === 0) return 'Nothing to do.';
      return `Created ${formatCount(made, 'table')}, indexed ${formatCount(indexed, 'day')}.`;
    },
  },
  {
    name: 'usage-retention',
    title: 'Log retention',
    does: 'Deletes requests and usage that are older than the retention of the plan or team.',
    cron: '30 * * * *',
    when: 'Every hour',
    timeoutSeconds: 1_800,
    run: async ({ db }) => {
      const { dropped, busy, deleted } = await dropExpiredUsage(db);
      const left =
        busy.length === 0
          ? ''
          : ` ${formatCount(busy.length, 'table is', 'tables are')} in use and left for the next run.`;
      if (dropped.length + deleted === 0) return `Nothing to delete.${left}`;
      return `Dropped ${formatCount(dropped.length, 'table')}, deleted ${formatCount(deleted, 'row')}.${left}`;
    },
  },
  {
    name: 'reconciliation',
    title: 'Reconcile usage',
    does: 'Compares quota, usage and request log for today and yesterday.',
    cron: '*/15 * * * *',
    when: 'Every 15 minutes',
    timeoutSeconds: 900,
    run: async ({ db }) => {
      const today = await reconcileDay(db);
      const before = await reconcileDay(db, { day: dayBefore(today.day) });
      const differing = today.differing.length + before.differing.length;
      return differing === 0 ? 'No differences.' : `Found ${formatCount(differing, 'difference')}.`;
    },
  },
  {
    name: 'pruning',
    title: 'Clean up',
    does: 'Deletes expired tester tickets, old sessions and links, sent emails and stopped gateways.',
    cron: '40 3 * * *',
    when: 'Every day at 03:40 UTC',
    timeoutSeconds: 900,
    run: async ({ db }) => {
      const deleted = Object.entries(await prune({ db })).filter(([, rows]) => rows > 0);
      if (deleted.length === 0) return 'Nothing to delete.';
      return `Deleted ${deleted.map(([name, rows]) => `${formatNumber(rows)} ${name}`).join(', ')}.`;
    },
  },
];

export const findJob = (name: string): Job | undefined => SCHEDULE.find((job) => job.name === name);
