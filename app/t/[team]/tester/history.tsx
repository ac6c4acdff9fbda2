'use client';

import { RotateCcw } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { StatusCode } from '#app/_components/status-code.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { formatMs } from '#lib/format.ts';
import type { PastRequest } from '#lib/tester/list-tester-requests.ts';

/** The member's own last requests. */
export function History({
  team,
  past,
  onAgain,
}: {
  team: string;
  past: readonly PastRequest[];
  onAgain: (request: PastRequest) => Promise<void>;
}) {
  const [busy, setBusy] = useState<string | null>(null);
  if (past.length === 0) return null;
  async function again(request: PastRequest) {
    setBusy(request.id);
    await onAgain(request).finally(() => setBusy(null));
  }
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <h2 className="text-lg font-semibold">Your recent requests</h2>
      <Table label="Your recent requests">
        <THead>
          <Tr>
            <Th>Request</Th>
            <Th>Credential</Th>
            <Th>Status</Th>
            <Th align="right">Time</Th>
            <Th>Sent</Th>
            <Th align="right">
              <span className="sr-only">Send again</span>
            </Th>
          </Tr>
        </THead>
        <TBody>
          {past.map((request) => (
            <Tr key={request.id}>
              <Td label="Request">
                <span className="flex items-center gap-2">
                  <MethodBadge method={request.method} />
                  <span className="min-w-0 font-mono text-sm break-all">
                    /{request.apiSlug}
                    {request.path}
                  </span>
                </span>
              </Td>
              <Td label="Credential">
                <span className="break-words">
                  {request.keyName}{' '}
                  <span className="text-muted">{environmentLabel(request.environment)}</span>
                </span>
              </Td>
              <Td label="Status">
                {request.status === null ? (
                  <span className="text-muted">No response</span>
                ) : (
                  <Link
                    href={`/t/${team}/logs/${request.id}`}
                    prefetch={false}
                    className="underline-offset-4 hover:underline"
                  >
                    <StatusCode value={request.status} />
                  </Link>
                )}
              </Td>
              <Td label="Time" align="right">
                {request.timeMs === null ? '—' : formatMs(request.timeMs)}
              </Td>
              <Td label="Sent">
                <DateTime value={request.at} format="relative" />
              </Td>
              <Td label="" align="right">
                <Button
                  size="sm"
                  pending={busy === request.id}
                  aria-label={`Send again: ${request.method} /${request.apiSlug}${request.path}`}
                  onClick={() => again(request)}
                >
                  <RotateCcw aria-hidden="true" />
                  Send again
                </Button>
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </div>
  );
}
