'use client';

import { useState } from 'react';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { removeMemberAction } from '#app/t/[team]/members/actions.ts';
import type { Target } from './acts-on.ts';
import { tellReceipt } from './changes.ts';
import { MemberDangerDialog } from './danger-dialog.tsx';
import { KeyList } from './key-list.tsx';

type Choice = 'keep' | 'revoke';
const CHOICES: readonly { value: Choice; label: string; hint: string }[] = [
  { value: 'keep', label: 'Keep the app keys', hint: 'What runs with them goes on running.' },
  {
    value: 'revoke',
    label: 'Revoke the app keys',
    hint: 'Refused at once and for ever, like their own key.',
  },
];

export function RemoveDialog(props: { team: string; person: Target; onClose: () => void }) {
  const { team, person } = props;
  const [applicationKeys, choose] = useState<Choice>('keep');
  async function remove() {
    const state = await removeMemberAction(team, idle, formOf({ memberId: person.id, applicationKeys }));
    if (state.status !== 'done') return state;
    tellReceipt(`${person.name} is removed from the team`, state.value);
    return state;
  }
  return (
    <MemberDangerDialog
      {...props}
      title={`Remove ${person.name}?`}
      description="Their own API key is revoked for ever and the team is closed to them. What they did stays in the logs under their name."
      confirmLabel="Delete member"
      onConfirm={remove}
    >
      {(keys) => {
        const made = keys.filter((key) => !key.own);
        return (
          <>
            <KeyList title="Revoked for ever" keys={keys.filter((key) => key.own)} />
            <KeyList title="App keys they made" keys={made} />
            {made.length > 0 && <KeyChoice chosen={applicationKeys} onChoose={choose} />}
            {keys.length === 0 && <p className="text-muted">They have no working key.</p>}
          </>
        );
      }}
    </MemberDangerDialog>
  );
}

function KeyChoice({ chosen, onChoose }: { chosen: Choice; onChoose: (choice: Choice) => void }) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">What becomes of these app keys?</legend>
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
