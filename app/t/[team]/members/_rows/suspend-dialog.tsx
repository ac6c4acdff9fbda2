'use client';

import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { suspendMemberAction } from '#app/t/[team]/members/actions.ts';
import type { Target } from './acts-on.ts';
import { activate, reasonOf, tellReceipt } from './changes.ts';
import { HarmDialog } from './danger-dialog.tsx';
import { KeyList } from './key-list.tsx';

export function SuspendDialog(props: { team: string; person: Target; onClose: () => void }) {
  const { team, person } = props;
  async function suspend(): Promise<string | null> {
    const state = await suspendMemberAction(team, idle, formOf({ memberId: person.id }));
    if (state.status !== 'done') return reasonOf(state);
    tellReceipt(`${person.name} is suspended`, state.value, {
      label: 'Undo',
      onClick: () => void activate(team, person.id, person.name),
    });
    return null;
  }
  return (
    <HarmDialog
      {...props}
      title={`Suspend ${person.name}?`}
      description="The team is closed to them, and their own API key is refused, until somebody activates them again."
      confirmLabel="Suspend"
      act={suspend}
    >
      {(keys) => (
        <>
          <KeyList title="Refused while suspended" keys={keys.filter((key) => key.own)} />
          <KeyList title="App keys they made, which go on working" keys={keys.filter((key) => !key.own)} />
          {keys.length === 0 && <p className="text-muted">They have no working key.</p>}
        </>
      )}
    </HarmDialog>
  );
}
