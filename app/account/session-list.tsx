'use client';

import { toast } from 'sonner';
import { endOtherSessionsAction, endSessionAction } from '#app/_account/actions.ts';
import { deviceName } from '#app/_account/device-name.ts';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { OwnSession } from '#lib/accounts/sessions.ts';

export function SessionList({ sessions }: { sessions: OwnSession[] }) {
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
            {!session.current && <EndSession session={session} />}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <div className="border-t border-line px-5 py-3">
          <EndOtherSessions />
        </div>
      )}
    </>
  );
}

function EndSession({ session: { id, userAgent, ip } }: { session: OwnSession }) {
  async function end() {
    const state = await endSessionAction(idle, formOf({ sessionId: id }));
    if (state.status === 'done') toast.success('Session ended');
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button size="sm">End session</Button>}
      title={`End the session on ${deviceName(userAgent)}?`}
      description={`${ip ? `Signed in from ${ip}. ` : ''}That browser is signed out immediately.`}
      confirmLabel="End session"
      onConfirm={end}
    />
  );
}

function EndOtherSessions() {
  async function end() {
    const state = await endOtherSessionsAction(idle, formOf({}));
    if (state.status === 'done') toast.success('All other sessions ended');
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button size="sm">End all other sessions</Button>}
      title="End all other sessions?"
      description="You’re signed out everywhere but in this browser."
      confirmLabel="End all other sessions"
      onConfirm={end}
    />
  );
}
