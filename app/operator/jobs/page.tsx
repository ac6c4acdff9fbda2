import type { Metadata } from 'next';
import { DateTime } from '#app/_components/date-time.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readJobs } from '#lib/jobs/read-jobs.ts';
import { KeepCurrent } from './keep-current.tsx';
import { LastRun, runTimes } from './last-run.tsx';
import { RunButton } from './run-button.tsx';

const MINUTE_MS = 60_000;

export const metadata: Metadata = { title: 'Jobs' };

export default async function JobsPage() {
  const jobs = await readJobs({ db: database(), operator: await requireOperator() });
  const now = Date.now();
  const isActive = jobs.some(({ runs }) => runs[0] && ['waiting', 'running'].includes(runs[0].state));
  return (
    <>
      <PageHeader
        title="Jobs"
        description="Scheduled jobs of this installation. Each run happens in one process, however many there are."
      />
      <KeepCurrent active={isActive} />
      <Table label="Jobs">
        <THead>
          <Tr>
            <Th>Job</Th>
            <Th>Schedule</Th>
            <Th>Last run</Th>
            <Th align="right">Duration</Th>
            <Th>Result</Th>
            <Th>Next run</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </Tr>
        </THead>
        <TBody>
          {jobs.map(({ name, title, does, when, nextAt, runs }) => {
            const { ranAt, duration } = runTimes(runs);
            return (
              <Tr key={name}>
                <Td label="Job" className="max-w-80 min-w-56">
                  <div>
                    <span className="font-medium">{title}</span>
                    <span className="block text-sm text-muted">{does}</span>
                  </div>
                </Td>
                <Td label="Schedule" className="whitespace-nowrap">
                  {when}
                </Td>
                <Td label="Last run" className="whitespace-nowrap">
                  {ranAt ? (
                    <DateTime value={ranAt} format="relative" />
                  ) : (
                    <span className="text-muted">Never</span>
                  )}
                </Td>
                <Td label="Duration" align="right" className="whitespace-nowrap">
                  {duration ?? '—'}
                </Td>
                <Td label="Result" className="max-w-80 min-w-48">
                  <LastRun runs={runs} />
                </Td>
                <Td label="Next run" className="whitespace-nowrap">
                  {nextAt.getTime() - now < MINUTE_MS ? (
                    'Within a minute'
                  ) : (
                    <DateTime value={nextAt} format="relative" />
                  )}
                </Td>
                <Td label="" align="right">
                  <RunButton name={name} title={title} />
                </Td>
              </Tr>
            );
          })}
        </TBody>
      </Table>
    </>
  );
}
