'use client';

import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import type { Invited } from '#lib/invitations/invite-members.ts';
import { OUTCOMES } from './outcomes.ts';

/** The outcome for each address, in the order given. */
export function InviteResults({
  results,
  onMore,
  onClose,
}: {
  results: Invited[];
  onMore: () => void;
  onClose: () => void;
}) {
  const sent = results.filter(({ outcome }) => outcome === 'sent').length;
  return (
    <div className="flex flex-col gap-4">
      <p role="status">
        {sent} of {results.length} {results.length === 1 ? 'invitation' : 'invitations'} sent.
      </p>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {results.map(({ email, outcome }, place) => {
          const { tone, word, why } = OUTCOMES[outcome];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed and can hold an address twice
            <li key={place} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2">
              <span className="min-w-0 break-all">{email}</span>
              <Badge tone={tone}>{word}</Badge>
              {outcome !== 'sent' && <span className="w-full text-sm text-muted">{why}</span>}
            </li>
          );
        })}
      </ul>
      <div className="flex justify-end gap-2">
        <Button onClick={onMore}>Invite more</Button>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
