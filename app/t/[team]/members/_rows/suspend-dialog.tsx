'use client';

import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { suspendMemberAction } from '#app/t/[team]/members/actions.ts';
import type { DialogProps } from './acts-on.ts';
import { KeyList } from './key-list.tsx';
import { MemberDangerDialog } from './member-danger-dialog.tsx';
import { activate, showReceipt } from './messages.ts';

export function SuspendDialog(props: DialogProps) {
  const { team, person, onRefused } = props;
  async function suspend() {
    const state = await suspendMemberAction(team, idle, formOf({ memberId: person.id }));
    if (state.status !== 'done') {
      onRefused();
      return state;
    }
    showReceipt(`${person.name} is suspended`, state.value, {
      label: 'Undo',
      onClick: () => void activate(team, person.id, person.name),
    });
    return state;
  }
  return (
    <MemberDangerDialog
      {...props}
      title={`Suspend ${person.name}?`}
      description="They lose access to this team, and requests with their own API key are rejected, until someone reactivates them. Their other teams aren’t affected."
      confirmLabel="Suspend"
      onConfirm={suspend}
    >
      {(keys) => (
        <>
          <KeyList title="Rejected while suspended" keys={keys.filter((key) => key.own)} />
          <KeyList title="App keys they created, which keep working" keys={keys.filter((key) => !key.own)} />
          {keys.length === 0 && <p className="text-muted">They have no active keys.</p>}
        </>
      )}
    </MemberDangerDialog>
  );
}
