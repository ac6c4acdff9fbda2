import type postgres from 'postgres';
import type { Db } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { remindExpiry } from '#lib/credentials/remind-expiry.ts';
import { startRetirements } from '#lib/credentials/start-retirement.ts';
import { dropExpiredUsage, ensureUsagePartitions, indexClosedDays } from '#lib/metering/partitions.ts';
import { reconcileDay } from '#lib/metering/reconcile.ts';
import { evaluateNotifications } from '#lib/notifications/evaluate-notifications.ts';
import { reasonWords } from '#lib/refusals/labels.ts';
import { remindReviews } from '#lib/reviews/remind-reviews.ts';
import { prune } from './prune.ts';

/** What a job is given to work with. */
export type JobContext = { db: Db; sql: postgres.Sql; settings: Settings };

export type Job = {
  /** Names it in the queue, in the audit trail and in addresses. */
  name: string;
  title: string;
  does: string;
  /** Five fields, UTC. */
  cron: string;
  /** The same in words. */
  when: string;
  timeoutSeconds: number;
  /** Runs when a process starts, too: for what must not wait until the next time on the clock. */
  atStart?: boolean;
  /** Answers in a sentence what it did. It may run again after a failure, so it must not do anything twice. */
  run: (context: JobContext) => Promise<string>;
};

const count = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

/** Everything that the installation does by the clock. */
export const SCHEDULE: readonly Job[] = [
  {
    name: 'expiry-reminders',
    title: 'Key expiry reminders',
    does: 'Mails owners, admins and the key’s member 14, 7 and 1 days before a key ends, and at its end.',
    cron: '5 * * * *',
    when: 'Every hour',
    timeoutSeconds: 300,
    atStart: true,
    run: async ({ db, settings }) => {
      const { mails, keys } = await remindExpiry({ db, settings });
      return mails === 0 ? 'Nothing to remind of.' : `${count(mails, 'mail')} about ${count(keys, 'key')}.`;
    },
  },
  {
    name: 'retirements',
    title: 'Ends of rotated keys',
    does: 'Sets the end of a rotated key once its successor has been used.',
    cron: '* * * * *',
    when: 'Every minute',
    timeoutSeconds: 60,
    run: async ({ db }) => {
      const started = await startRetirements({ db });
      return started === 0 ? 'No successor was used for the first time.' : `${count(started, 'end')} set.`;
    },
  },
  {
    name: 'review-reminders',
    title: 'Membership review reminders',
    does: 'Mails the owners of every team whose membership review has fallen due.',
    cron: '20 * * * *',
    when: 'Every hour',
    timeoutSeconds: 300,
    run: async ({ db, settings }) => {
      const teams = await remindReviews({ db, settings });
      return teams === 0 ? 'No review has fallen due.' : `${count(teams, 'team')} reminded.`;
    },
  },
  {
    name: 'notifications',
    title: 'Notifications',
    does: 'Tells members of quotas at 80 and 100 %, jumps of the error rate and first refusals of a key.',
    cron: '* * * * *',
    when: 'Every minute',
    timeoutSeconds: 120,
    run: async ({ db, settings }) => {
      const { notified, emails } = await evaluateNotifications({ db, settings, reasonWords });
      return notified === 0 ? "Nothing new." : `${count(notified, "notification")}, ${count(emails, "email")}.`;
    },
  },
  {
    name: 'usage-partitions',
    title: 'Room for the days to come',
    does: 'Makes the tables of the next seven days for requests and sums, and the indexes of the days that are over.',
    cron: '10 * * * *',
    when: 'Every hour',
    timeoutSeconds: 1_800,
    atStart: true,
    run: async ({ db }) => {
      const made = await ensureUsagePartitions(db);
      const indexed = await indexClosedDays(db);
      if (made === null)
        return `The tables are in use: made at the next run. ${count(indexed, 'day')} indexed.`;
      if (made + indexed === 0) return 'All of them are there.';
      return `${count(made, 'table')} made, ${count(indexed, 'day')} indexed.`;
    },
  },
  {
    name: 'usage-retention',
    title: 'Retention of requests',
    does: 'Drops requests and sums that are older than plans and teams keep them.',
    cron: '30 * * * *',
    when: 'Every hour',
    timeoutSeconds: 1_800,
    run: async ({ db }) => {
      const { dropped, busy, deleted } = await dropExpiredUsage(db);
      const left = busy.length === 0 ? '' : ` ${count(busy.length, 'table')} in use, for the next run.`;
      if (dropped.length + deleted === 0) return `Nothing is too old.${left}`;
      return `${count(dropped.length, 'table')} dropped, ${count(deleted, 'row')} deleted.${left}`;
    },
  },
  {
    name: 'reconciliation',
    title: 'Reconciliation of usage',
    does: 'Compares, for today and yesterday, the quota’s counter with the requests and their sums.',
    cron: '*/15 * * * *',
    when: 'Every 15 minutes',
    timeoutSeconds: 900,
    run: async ({ db }) => {
      const today = await reconcileDay(db);
      const before = await reconcileDay(db, { day: dayBefore(today.day) });
      const differing = today.differing.length + before.differing.length;
      return differing === 0 ? 'Everything agrees.' : `${count(differing, 'difference')} found.`;
    },
  },
  {
    name: 'pruning',
    title: 'Clearing away',
    does: 'Deletes what nobody needs any more: used tester tickets, old sessions and links, sent mails, stopped gateways.',
    cron: '40 3 * * *',
    when: 'Every day at 03:40 UTC',
    timeoutSeconds: 900,
    run: async ({ db }) => {
      const gone = Object.entries(await prune({ db })).filter(([, rows]) => rows > 0);
      if (gone.length === 0) return 'Nothing to clear away.';
      return `${gone.map(([what, rows]) => `${rows.toLocaleString('en')} ${what}`).join(', ')} deleted.`;
    },
  },
];

export const findJob = (name: string): Job | undefined => SCHEDULE.find((job) => job.name === name);
