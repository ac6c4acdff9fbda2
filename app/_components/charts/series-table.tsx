'use client';

import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import type { Grain } from '#lib/usage/usage-span.ts';
import type { BarLink } from './bar-links.tsx';
import { BarTime } from './reader-time.tsx';

/** The data of a chart as a table, newest first. */
export function SeriesTable({
  label,
  names,
  bars,
  grain,
}: {
  label: string;
  names: readonly string[];
  bars: readonly BarLink[];
  grain: Grain;
}) {
  return (
    <Table label={label}>
      <THead>
        <Tr>
          <Th>Time</Th>
          {names.map((name) => (
            <Th key={name} align="right">
              {name}
            </Th>
          ))}
        </Tr>
      </THead>
      <TBody>
        {bars.toReversed().map((bar) => (
          <Tr key={bar.start} className="max-sm:grid! max-sm:grid-cols-2 max-sm:gap-x-6">
            <Td label="Time" className="max-sm:col-span-2">
              <span>
                <a href={bar.href} className="underline-offset-4 hover:underline">
                  <BarTime start={bar.start} grain={grain} />
                </a>
                {!bar.complete && <span className="text-muted"> in progress</span>}
              </span>
            </Td>
            {names.map((name, i) => (
              <Td key={name} label={name} align="right">
                {bar.cells[i]}
              </Td>
            ))}
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
