import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { REVIEWS_LISTED, type Review } from '#lib/reviews/read-review.ts';

export function ReviewHistory({ path, history }: { path: string; history: Review['history'] }) {
  return (
    <section className="min-w-0">
      <h2 className="mb-3 text-lg font-semibold">History</h2>
      {history.length === 0 ? (
        <p className="text-muted">Finished reviews are listed here, with every decision and its evidence.</p>
      ) : (
        <Table label="Finished reviews">
          <THead>
            <Tr>
              <Th>Finished</Th>
              <Th>Started by</Th>
              <Th align="right">Kept</Th>
              <Th align="right">Suspended</Th>
              <Th align="right">Removed</Th>
              <Th>
                <span className="sr-only">Export</span>
              </Th>
            </Tr>
          </THead>
          <TBody>
            {history.map((review) => (
              <Tr key={review.id}>
                <Td label="Finished">
                  <DateTime value={review.finishedAt} />
                </Td>
                <Td label="Started by">{review.startedBy}</Td>
                <Td label="Kept" align="right">
                  {review.kept}
                </Td>
                <Td label="Suspended" align="right">
                  {review.suspended}
                </Td>
                <Td label="Removed" align="right">
                  {review.removed}
                </Td>
                <Td label="" align="right">
                  <a
                    href={`${path}/export?review=${review.id}`}
                    download
                    className="text-accent hover:underline"
                    aria-label={`Export CSV of the review finished on ${review.finishedAt.toISOString().slice(0, 10)}`}
                  >
                    Export CSV
                  </a>
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
      {history.length === REVIEWS_LISTED && (
        <p className="mt-2 text-sm text-muted">The latest {REVIEWS_LISTED} reviews are listed.</p>
      )}
    </section>
  );
}
