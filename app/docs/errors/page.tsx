import type { Metadata } from 'next';
import Link from 'next/link';
import { PageHeader } from '#app/_components/page-header.tsx';
import { StatusCode } from '#app/_components/status-code.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { REASONS } from '#lib/refusals/reasons.ts';

export const metadata: Metadata = { title: 'Error codes' };

export default function ErrorsPage() {
  const reasons = Object.entries(REASONS).sort((a, b) => a[1].status - b[1].status);
  return (
    <>
      <PageHeader
        title="Error codes"
        description="Every error the gateway returns. Errors are problem details (RFC 9457) with a stable code."
      />
      <Table label="Error codes">
        <THead>
          <Tr>
            <Th>Status</Th>
            <Th>Code</Th>
            <Th>Meaning</Th>
          </Tr>
        </THead>
        <TBody>
          {reasons.map(([code, { status, title }]) => (
            <Tr key={code}>
              <Td label="Status">
                <StatusCode value={status} />
              </Td>
              <Td label="Code" mono>
                <Link
                  href={`/docs/errors/${code}`}
                  prefetch={false}
                  className="text-accent underline-offset-4 hover:underline"
                >
                  {code}
                </Link>
              </Td>
              <Td label="Meaning">{title}</Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      <p className="mt-6 text-muted">
        Found a secret key of this service in public?{' '}
        <Link href="/found-a-key" className="text-accent underline underline-offset-4">
          Report it
        </Link>
        . You don’t need an account.
      </p>
    </>
  );
}
