import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatNumber } from '#lib/format.ts';
import { CapForm } from './cap-form.tsx';

type Share = { id: string; name: string; note?: string; dailyCap: number | null; requestsToday: number };

/** Today's usage and the daily limit per app or member. Owners can edit the limits. */
export function CapsTable({
  team,
  of,
  label,
  shares,
  canEdit,
}: {
  team: string;
  of: 'app' | 'member';
  label: string;
  shares: readonly Share[];
  canEdit: boolean;
}) {
  return (
    <Table label={label} className="rounded-t-none! border-x-0! border-b-0!">
      <THead>
        <Tr>
          <Th>{of === 'app' ? 'App' : 'Member'}</Th>
          <Th align="right">Requests today</Th>
          <Th align={canEdit ? 'left' : 'right'}>Daily limit</Th>
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
                  <span className="block text-sm text-danger">Limit reached</span>
                )}
              </div>
            </Td>
            <Td label="Daily limit" align={canEdit ? 'left' : 'right'} className="tabular-nums">
              {canEdit ? (
                <CapForm team={team} of={of} id={id} name={name} dailyCap={dailyCap} />
              ) : dailyCap === null ? (
                'No limit'
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
