import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { differenceText } from '#app/_components/difference-text.ts';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatNumber } from '#lib/format.ts';
import type { Differences } from '#lib/metering/read-differences.ts';

/** Whether the figures that are counted in several ways agree, for all teams. */
export function Reconciliations({
  differences: { lastCheck, compared, differing, found },
}: {
  differences: Differences;
}) {
  return (
    <Card
      title="Reconciliation"
      description="A job compares each team’s quota counter, usage totals and request log, day by day."
    >
      <p className="text-sm text-muted">
        {lastCheck === null ? (
          <>
            Nothing has been compared yet. The job runs every 15 minutes. You can also start it in{' '}
            <Link href="/operator/jobs" className="text-accent underline underline-offset-4">
              Jobs
            </Link>
            .
          </>
        ) : (
          <>
            {differing === 0
              ? `All ${formatNumber(compared)} recorded days agree`
              : `${formatNumber(differing)} of ${formatNumber(compared)} recorded days differ`}
            , last compared <DateTime value={lastCheck} format="relative" />.
          </>
        )}
      </p>
      {found.length > 0 && (
        <div className="mt-4">
          <Table label="Differences">
            <THead>
              <Tr>
                <Th>Team</Th>
                <Th>Day (UTC)</Th>
                <Th>Differs by</Th>
                <Th>What differs</Th>
                <Th>Since</Th>
              </Tr>
            </THead>
            <TBody>
              {found.map((one) => (
                <Tr key={`${one.teamSlug} ${one.day}`}>
                  <Td label="Team">
                    <Link
                      href={`/operator/teams/${one.teamSlug}`}
                      className="text-accent underline underline-offset-4"
                    >
                      {one.teamName}
                    </Link>
                  </Td>
                  <Td label="Day (UTC)">{one.day}</Td>
                  <Td label="Differs by">{formatNumber(one.difference)}</Td>
                  <Td label="What differs" className="max-w-96 break-words">
                    {one.details.map(differenceText).join('; ')}
                  </Td>
                  <Td label="Since">
                    {one.differsSince && <DateTime value={one.differsSince} format="relative" />}
                  </Td>
                </Tr>
              ))}
            </TBody>
          </Table>
        </div>
      )}
    </Card>
  );
}
