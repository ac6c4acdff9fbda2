'use client';

import { useActionState } from 'react';
import { endOtherSessionsAction, endSessionAction } from '#app/_account/actions.ts';
import { deviceName } from '#app/_account/device-name.ts';
import { idle } from '#app/_actions/action-state.ts';
import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import type { OwnSession } from '#lib/accounts/sessions.ts';
import { useToast } from './use-toast.ts';

export function SessionList({ sessions }: { sessions: OwnSession[] }) {
  const [ended, endOne] = useActionState(endSessionAction, idle);
  const [othersEnded, endOthers] = useActionState(endOtherSessionsAction, idle);
  useToast(ended, 'Session ended');
  useToast(othersEnded, 'All other sessions are ended');
  return (
    <>
      <ul className="divide-y divide-line border-t border-line">
        {sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center justify-between gap-3 px-5 py-3">
            <div className="min-w-0">
              <div className="flex flex-wrap items-center gap-2">
                {deviceName(session.userAgent)}{' '}
                {session.current && <Badge tone="success">This browser</Badge>}
              </div>
              <div className="text-sm text-muted">
                Last used <DateTime value={session.lastSeenAt} format="relative" />, signed in{' '}
                <DateTime value={session.createdAt} />
                {session.ip && ` from ${session.ip}`}
              </div>
            </div>
            {!session.current && (
              <form action={endOne} noValidate>
                <input type="hidden" name="sessionId" value={session.id} />
                <SubmitButton variant="secondary" size="sm" pendingLabel="Ending…">
                  End session
                </SubmitButton>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <form action={endOthers} noValidate className="border-t border-line px-5 py-3">
          <SubmitButton variant="secondary" size="sm" pendingLabel="Ending…">
            End all other sessions
          </SubmitButton>
        </form>
      )}
    </>
  );
}
