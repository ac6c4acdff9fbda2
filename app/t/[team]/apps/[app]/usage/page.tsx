import type { Metadata } from 'next';
import Link from 'next/link';
import { database } from '#db/client.ts';
import { sharedKeyOf } from '#lib/credentials/format.ts';
import { readAppUsage } from '#lib/usage/read-app-usage.ts';
import { Card } from '../../../../../_components/card.tsx';
import { DateTime } from '../../../../../_components/date-time.tsx';
import { Sparkline } from '../../../../../_components/sparkline.tsx';
import { Stat } from '../../../../../_components/stat.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '../../../../../_components/table.tsx';
import { requireMember } from '../../../../../session.ts';

export const metadata: Metadata = { title: 'Usage' };

const number = (value: number) => value.toLocaleString('en');
const share = (part: number, whole: number) => (whole === 0 ? '—' : `${((part / whole) * 100).toFixed(1)} %`);

export default async function AppUsagePage({ params }: { params: Promise<{ team: string; app: string }> }) {
  const { team, app } = await params;
  const member = await requireMember(team);
  const { days, keys, limit } = await readAppUsage({ db: database(), member }, { appId: app });
  const total = (name: 'requests' | 'errors' | 'refused') => days.reduce((sum, day) => sum + day[name], 0);
  const left = Math.max(0, limit.dailyQuota - limit.usedToday);
  return (
    <div className="flex flex-col gap-6">
      <Card>
        <div className="grid gap-6 sm:grid-cols-3">
          <Stat label="Total requests" value={number(total('requests'))} hint="In the last 30 days" />
          <Stat
            label="Error rates"
            value={share(total('errors'), total('requests'))}
            hint={`${number(total('errors'))} failed, ${number(total('refused'))} refused`}
          />
          <Stat
            label="Usage limits"
            value={`${number(left)} left today`}
            hint={`Of ${number(limit.dailyQuota)} a day (UTC) for the whole team`}
          />
        </div>
      </Card>
      <Card title="Request patterns" description="Requests a day (UTC), the last 30 days.">
        <Sparkline
          values={days.map((day) => day.requests)}
          titles={days.map(
            (day) => `${day.day}: ${number(day.requests)} requests, ${number(day.errors)} errors`,
          )}
          label={`${number(total('requests'))} requests in 30 days`}
          height={120}
        />
        <details className="mt-4">
          <summary className="cursor-pointer text-muted">As a table</summary>
          <div className="mt-3">
            <Table label="Requests by day">
              <THead>
                <Tr>
                  <Th>Day (UTC)</Th>
                  <Th align="right">Requests</Th>
                  <Th align="right">Errors</Th>
                  <Th align="right">Refused</Th>
                </Tr>
              </THead>
              <TBody>
                {days.toReversed().map((day) => (
                  <Tr key={day.day}>
                    <Td label="Day (UTC)">{day.day}</Td>
                    <Td label="Requests" align="right">
                      {number(day.requests)}
                    </Td>
                    <Td label="Errors" align="right">
                      {number(day.errors)}
                    </Td>
                    <Td label="Refused" align="right">
                      {number(day.refused)}
                    </Td>
                  </Tr>
                ))}
              </TBody>
            </Table>
          </div>
        </details>
      </Card>
      <section>
        <h2 className="mb-3 text-lg font-semibold">By key</h2>
        <Table label="Usage by key">
          <THead>
            <Tr>
              <Th>Name</Th>
              <Th>Shared Key</Th>
              <Th align="right">Total requests</Th>
              <Th align="right">Errors</Th>
              <Th align="right">Refused</Th>
              <Th>Last used</Th>
            </Tr>
          </THead>
          <TBody>
            {keys.map((key) => (
              <Tr key={key.keyId}>
                <Td label="Name">
                  <Link
                    href={`/t/${team}/apps/${app}/logs?key=${key.keyId}`}
                    className="underline-offset-4 hover:underline"
                  >
                    {key.name}
                  </Link>
                </Td>
                <Td label="Shared Key" mono>
                  {sharedKeyOf(key.environment, key.keyId)}
                </Td>
                <Td label="Total requests" align="right">
                  {number(key.requests)}
                </Td>
                <Td label="Errors" align="right">
                  {number(key.errors)}
                </Td>
                <Td label="Refused" align="right">
                  {number(key.refused)}
                </Td>
                <Td label="Last used">
                  {key.lastAt ? <DateTime value={key.lastAt} format="relative" /> : 'Never'}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      </section>
    </div>
  );
}
