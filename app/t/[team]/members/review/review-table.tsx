'use client';

import { useState } from 'react';
import { Badge, type Tone } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { can, type Role } from '#lib/access/permissions.ts';
import type { ReviewedPerson } from '#lib/reviews/read-review.ts';
import { DecideButtons } from './decide-buttons.tsx';
import { DecideDialog, type Removal } from './decide-dialog.tsx';

/** All members with their activity and, in an open review, the decision to make. */
export function ReviewTable({
  team,
  actor,
  reviewId,
  people,
}: {
  team: string;
  actor: { memberId: string; role: Role };
  reviewId: string | null;
  people: readonly ReviewedPerson[];
}) {
  const [confirming, setConfirming] = useState<{ person: ReviewedPerson; decision: Removal } | null>(null);
  const canOver = (person: ReviewedPerson, action: 'member.suspend' | 'member.remove') =>
    person.memberId !== actor.memberId && can(actor, person.role === 'member' ? action : `${action}.manager`);
  return (
    <>
      <Table label="Members to review">
        <THead>
          <Tr>
            <Th>Member</Th>
            <Th>Role</Th>
            <Th>Status</Th>
            <Th>Last sign-in</Th>
            <Th>Last key use</Th>
            <Th>Activity</Th>
            {reviewId && <Th>Decision</Th>}
          </Tr>
        </THead>
        <TBody>
          {people.map((person) => (
            <Tr key={person.memberId}>
              <Td label="Member" className="max-w-64">
                <div className="min-w-0">
                  <div className="break-words">
                    {person.name}
                    {person.memberId === actor.memberId && <span className="text-muted"> (you)</span>}
                  </div>
                  <div className="text-sm break-all text-muted">{person.email}</div>
                </div>
              </Td>
              <Td label="Role" className="capitalize">
                {person.role}
              </Td>
              <Td label="Status">
                <Badge tone={STATUS[person.status].tone}>{STATUS[person.status].word}</Badge>
              </Td>
              <Td label="Last sign-in">
                <When value={person.lastSignInAt} />
              </Td>
              <Td label="Last key use">
                <When value={person.lastKeyUseAt} />
              </Td>
              <Td label="Activity">
                <Activity days={person.inactiveDays} />
              </Td>
              {reviewId && (
                <Td label="Decision">
                  <DecideButtons
                    team={team}
                    reviewId={reviewId}
                    person={person}
                    canSuspend={canOver(person, 'member.suspend')}
                    canRemove={canOver(person, 'member.remove')}
                    onRemoval={(decision) => setConfirming({ person, decision })}
                  />
                </Td>
              )}
            </Tr>
          ))}
        </TBody>
      </Table>
      {reviewId && confirming && (
        <DecideDialog team={team} reviewId={reviewId} {...confirming} onClose={() => setConfirming(null)} />
      )}
    </>
  );
}

const STATUS: Record<ReviewedPerson['status'], { tone: Tone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  suspended: { tone: 'warning', word: 'Suspended' },
  removed: { tone: 'danger', word: 'Removed' },
};

const When = ({ value }: { value: Date | null }) =>
  value ? <DateTime value={value} format="relative" /> : <span className="text-muted">Never</span>;

/** How long a member has been inactive, in steps of 30 days. */
function Activity({ days }: { days: number }) {
  const step = [90, 60, 30].find((limit) => days >= limit);
  if (!step) return <span className="text-muted">Within 30 days</span>;
  return (
    <Badge tone={step === 90 ? 'danger' : step === 60 ? 'warning' : 'neutral'}>Inactive {step}+ days</Badge>
  );
}
