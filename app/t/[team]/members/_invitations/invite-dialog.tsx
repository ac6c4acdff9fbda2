'use client';

import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import type { Role } from '#lib/access/permissions.ts';
import type { Invited } from '#lib/invitations/invite-members.ts';
import { inviteOneAction, inviteSeveralAction } from './actions.ts';
import { InviteResults } from './invite-results.tsx';
import { TermsFields } from './terms-fields.tsx';

type Asking = { team: string; roles: Role[]; onClose: () => void };

/** "Invite Team Member": one person, or several at once with an outcome for each. */
export function InviteDialog({ team, roles, trigger }: { team: string; roles: Role[]; trigger: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [several, setSeveral] = useState(false);
  const [results, setResults] = useState<Invited[] | null>(null);

  function change(next: boolean) {
    setOpen(next);
    if (next) return;
    setSeveral(false);
    setResults(null);
  }
  const asking = { team, roles, onClose: () => change(false) };

  return (
    <Dialog
      open={open}
      onOpenChange={change}
      trigger={trigger}
      title={results ? 'Invitations' : 'Invite Team Member'}
      description={
        results ? undefined : 'We’ll email them a link to join. It works once and expires after 72 hours.'
      }
    >
      {results ? (
        <InviteResults results={results} onMore={() => setResults(null)} onClose={asking.onClose} />
      ) : several ? (
        <SeveralForm {...asking} onSwitch={() => setSeveral(false)} onResults={setResults} />
      ) : (
        <OneForm {...asking} onSwitch={() => setSeveral(true)} />
      )}
    </Dialog>
  );
}

function OneForm({ team, roles, onClose, onSwitch }: Asking & { onSwitch: () => void }) {
  const [state, action] = useFormAction(async (before: ActionState<string>, form: FormData) => {
    const next = await inviteOneAction(team, before, form);
    if (next.status === 'done') {
      toast.success(`Invitation sent to ${next.value}`);
      onClose();
    }
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        label="Name"
        name="name"
        required
        maxLength={80}
        autoComplete="off"
        error={errorsOf(state, 'name')}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        required
        autoComplete="off"
        error={errorsOf(state, 'email')}
      />
      <TermsFields roles={roles} state={state} />
      <Footer switchLabel="Invite several at once" {...{ state, onSwitch, onClose }} />
    </form>
  );
}

function SeveralForm({
  team,
  roles,
  onClose,
  onSwitch,
  onResults,
}: Asking & { onSwitch: () => void; onResults: (results: Invited[]) => void }) {
  const [state, action] = useFormAction(async (before: ActionState<Invited[]>, form: FormData) => {
    const next = await inviteSeveralAction(team, before, form);
    if (next.status === 'done') onResults(next.value);
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <TextAreaField
        label="People"
        name="people"
        required
        autoFocus
        rows={5}
        spellCheck={false}
        placeholder={'Ada Lovelace <ada@example.com>\ngrace@example.com'}
        hint="One per line or separated by commas: Name <address>, or just the address. Up to 50."
        error={errorsOf(state, 'people')}
      />
      <TermsFields roles={roles} state={state} />
      <Footer switchLabel="Invite one person" {...{ state, onSwitch, onClose }} />
    </form>
  );
}

function Footer({
  state,
  switchLabel,
  onSwitch,
  onClose,
}: {
  state: ActionState<unknown>;
  switchLabel: string;
  onSwitch: () => void;
  onClose: () => void;
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <Button variant="ghost" className="-ml-3.5" onClick={onSwitch}>
        {switchLabel}
      </Button>
      <div className="ml-auto flex gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <SubmitButton state={state} pendingLabel="Sending…">
          Send Invitation
        </SubmitButton>
      </div>
    </div>
  );
}
