'use client';

import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { suspendMemberAction } from '#app/t/[team]/members/actions.ts';
import type { Target } from './acts-on.ts';
import { activate, tellReceipt } from './changes.ts';
import { MemberDangerDialog } from './danger-dialog.tsx';
import { KeyList } from './key-list.tsx';

export function SuspendDialog(props: { team: string; person: Target; onClose: () => void }) {
  const { team, person } = props;
  async function suspend() {
    const state = await suspendMemberAction(team, idle, formOf({ memberId: person.id }));
    if (state.status !== 'done') return state;
    tellReceipt(`${person.name} is suspended`, state.value, {
      label: 'Undo',
      onClick: () => void activate(team, person.id, person.name),
    });
    return state;
  }
  return (
    <MemberDangerDialog
      {...props}
      title={`Suspend ${person.name}?`}
      description="The team is closed to them, and their own API key is refused, until somebody activates them again."
      confirmLabel="Suspend"
      onConfirm={suspend}
    >
      {(keys) => (
        <>
          <KeyList title="Refused while suspended" keys={keys.filter((key) => key.own)} />
          <KeyList title="App keys they made, which go on working" keys={keys.filter((key) => !key.own)} />
          {keys.length === 0 && <p className="text-muted">They have no working key.</p>}
        </>
      )}
    </MemberDangerDialog>
  );
}
