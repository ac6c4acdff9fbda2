import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatNumber } from '#lib/format.ts';
import { CapForm } from './cap-form.tsx';

type Share = { id: string; name: string; note?: string; dailyCap: number | null; requestsToday: number };

/** Today's usage and the daily cap per app or member. Owners can edit the caps. */
export function CapsTable({
  team,
  of,
  label,
  shares,
  mayEdit,
}: {
  team: string;
  of: 'app' | 'member';
  label: string;
  shares: readonly Share[];
  mayEdit: boolean;
}) {
  return (
    <Table label={label} className="rounded-t-none! border-x-0! border-b-0!">
      <THead>
        <Tr>
          <Th>{of === 'app' ? 'App' : 'Member'}</Th>
          <Th align="right">Requests today</Th>
          <Th align={mayEdit ? 'left' : 'right'}>Daily cap</Th>
        </Tr>
      </THead>
      <TBody>
        {shares.map(({ id, name, note, dailyCap, requestsToday }) => (
          <Tr key={id}>
            <Td label={of === 'app' ? 'App' : 'Member'} className="max-w-72 break-words">
              <div className="min-w-0">
                {name}
                {note && <span className="block text-sm break-all text-muted">{note}</span>}
              </div>
            </Td>
            <Td label="Requests today" align="right" className="tabular-nums">
              <div>
                {formatNumber(requestsToday)}
                {dailyCap !== null && requestsToday >= dailyCap && (
                  <span className="block text-sm text-danger">Cap reached</span>
                )}
              </div>
            </Td>
            <Td label="Daily cap" align={mayEdit ? 'left' : 'right'} className="tabular-nums">
              {mayEdit ? (
                <CapForm team={team} of={of} id={id} name={name} dailyCap={dailyCap} />
              ) : dailyCap === null ? (
                'No cap'
              ) : (
                formatNumber(dailyCap)
              )}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
