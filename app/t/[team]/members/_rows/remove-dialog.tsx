'use client';

import { useState } from 'react';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { removeMemberAction } from '#app/t/[team]/members/actions.ts';
import type { DialogProps } from './acts-on.ts';
import { KeyList } from './key-list.tsx';
import { MemberDangerDialog } from './member-danger-dialog.tsx';
import { showReceipt } from './messages.ts';

type Choice = 'keep' | 'revoke';
const CHOICES: readonly { value: Choice; label: string; hint: string }[] = [
  { value: 'keep', label: 'Keep the app keys', hint: 'Apps that use them keep working.' },
  {
    value: 'revoke',
    label: 'Revoke the app keys',
    hint: 'They stop working immediately and permanently, like the member’s own key.',
  },
];

export function RemoveDialog(props: DialogProps) {
  const { team, person, onRefused } = props;
  const [applicationKeys, choose] = useState<Choice>('keep');
  async function remove() {
    const state = await removeMemberAction(team, idle, formOf({ memberId: person.id, applicationKeys }));
    if (state.status !== 'done') {
      onRefused();
      return state;
    }
    showReceipt(`${person.name} was removed from the team`, state.value);
    return state;
  }
  return (
    <MemberDangerDialog
      {...props}
      title={`Remove ${person.name}?`}
      description="They lose access to the team, and their own API key is permanently revoked. Their activity stays in the logs under their name."
      confirmLabel="Delete member"
      onConfirm={remove}
    >
      {(keys) => {
        const made = keys.filter((key) => !key.own);
        return (
          <>
            <KeyList title="Revoked permanently" keys={keys.filter((key) => key.own)} />
            <KeyList title="App keys they created" keys={made} />
            {made.length > 0 && <KeyChoice chosen={applicationKeys} onChoose={choose} />}
            {keys.length === 0 && <p className="text-muted">They have no active keys.</p>}
          </>
        );
      }}
    </MemberDangerDialog>
  );
}

function KeyChoice({ chosen, onChoose }: { chosen: Choice; onChoose: (choice: Choice) => void }) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">What should happen to these app keys?</legend>
      {CHOICES.map(({ value, label, hint }) => (
        <label key={value} className="flex items-start gap-2.5">
          <input
            type="radio"
            name="applicationKeys"
            value={value}
            checked={chosen === value}
            onChange={() => onChoose(value)}
            className="mt-0.5 size-4 shrink-0 accent-(--background-color-accent)"
          />
          <span>
            {label}
            <span className="block text-sm text-muted">{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
