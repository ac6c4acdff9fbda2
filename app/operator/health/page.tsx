import type { Metadata } from 'next';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database, pool } from '#db/client.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { healthProblems } from '#lib/gateway/health-problems.ts';
import { readHealth } from '#lib/gateway/read-health.ts';
import { readJobs } from '#lib/jobs/read-jobs.ts';
import { readDifferences } from '#lib/metering/read-differences.ts';
import { Gateways } from './gateways.tsx';
import { Problems } from './problems.tsx';
import { Reconciliations } from './reconciliations.tsx';

export const metadata: Metadata = { title: 'Health' };

export default async function HealthPage() {
  const operator = await requireOperator();
  const [health, differences, jobs] = await Promise.all([
    readHealth({ sql: pool(), operator }),
    readDifferences({ db: database(), operator }),
    readJobs({ db: database(), operator }),
  ]);
  const failed = jobs.filter(({ runs }) => runs[0]?.state === 'failed').map(({ title }) => title);
  return (
    <>
      <PageHeader title="Health" description="Gateways, usage recording, email and scheduled jobs." />
      <div className="flex flex-col gap-6">
        <Problems problems={healthProblems(health, failed)} />
        <Card>
          <div className="grid gap-6 sm:grid-cols-4">
            <Stat
              label="Gateways"
              value={health.nodes.filter(({ isLive }) => isLive).length}
              hint="With an active lease"
            />
            <Stat
              label="Requests in progress"
              value={formatNumber(health.openRequests)}
              hint="Recorded, not completed yet"
            />
            <Stat
              label="Emails waiting"
              value={formatNumber(health.mailsWaiting)}
              hint={
                health.oldestMailAt ? (
                  <>
                    Oldest <DateTime value={health.oldestMailAt} format="relative" />
                  </>
                ) : (
                  `${formatNumber(health.mailsFailed)} failed`
                )
              }
            />
            <Stat
              label="Scheduled jobs"
              value={formatNumber(jobs.length)}
              hint={
                failed.length === 0
                  ? 'All last runs succeeded'
                  : formatCount(failed.length, 'failed', 'failed')
              }
            />
          </div>
          <p className="mt-4 text-sm text-muted">
            PostgreSQL {health.serverVersion} · Access epoch {formatNumber(health.epoch)}
          </p>
        </Card>
        <Gateways nodes={health.nodes} />
        <Reconciliations differences={differences} />
      </div>
    </>
  );
}
