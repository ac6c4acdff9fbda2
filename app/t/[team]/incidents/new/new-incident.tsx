'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Callout } from '#app/_components/callout.tsx';
import { CheckboxField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { IssuedDialog } from '#app/_keys/issued-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { type Opened, openIncidentAction } from '#app/t/[team]/incidents/actions.ts';

type Props = {
  team: string;
  credential: { keyId: string; name: string; isRevoked: boolean };
  suggestedName: string;
  /** Not for another member's own key: only they can see the new secret. */
  canReplace: boolean;
  ownerName: string | null;
  /** The key's open incident. */
  openIncident: string | null;
};

/** Revokes the key, opens its incident, and shows the replacement once. */
export function NewIncident(props: Props) {
  const { team, credential, openIncident } = props;
  const router = useRouter();
  const [opened, setOpened] = useState<Opened | null>(null);
  const follow = ({ incidentId }: Opened) => router.push(`/t/${team}/incidents/${incidentId}`);

  function onOpened(next: Opened) {
    setOpened(next);
    if (next.issued) return;
    showResult(credential.name, next);
    follow(next);
  }

  if (opened)
    return (
      <>
        <Callout tone="success" title={`“${credential.name}” is revoked`}>
          {opened.receipt && <p>{receiptText(opened.receipt)}</p>}
          <IncidentLink team={team} incidentId={opened.incidentId} />
        </Callout>
        {opened.issued && (
          <IssuedDialog
            issued={opened.issued}
            description={`“${credential.name}” is revoked. ${opened.receipt ? receiptText(opened.receipt) : ''}`}
            onClose={() => follow(opened)}
          />
        )}
      </>
    );
  if (openIncident)
    return (
      <Callout tone="info" title="An incident about this key is already open">
        <IncidentLink team={team} incidentId={openIncident} />
      </Callout>
    );
  return <NewIncidentForm {...props} onOpened={onOpened} />;
}

function NewIncidentForm({
  team,
  credential,
  suggestedName,
  canReplace,
  ownerName,
  onOpened,
}: Props & { onOpened: (opened: Opened) => void }) {
  const [replaces, setReplaces] = useState(canReplace);
  const [state, action] = useFormAction(async (before: ActionState<Opened>, form: FormData) => {
    const next = await openIncidentAction(team, before, form);
    if (next.status === 'done') onOpened(next.value);
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-5">
      <FormMessage state={state} />
      <input type="hidden" name="keyId" value={credential.keyId} />
      <TextAreaField
        label="What do you know?"
        name="reason"
        optional
        rows={3}
        error={errorsOf(state, 'reason')}
        hint="Such as where the key was found, and when. Don’t include the key itself."
      />
      {canReplace ? (
        <>
          <CheckboxField
            label="Generate a replacement now"
            name="replace"
            checked={replaces}
            onChange={(event) => setReplaces(event.target.checked)}
            hint="You can also do this later, in the incident."
          />
          {replaces && (
            <TextField
              label="Name of the new key"
              name="name"
              optional
              autoComplete="off"
              placeholder={suggestedName}
              error={errorsOf(state, 'name')}
            />
          )}
        </>
      ) : (
        <Callout tone="info">
          This key belongs to {ownerName ?? 'a member'}. We’ll email them so they can generate a new one:
          nobody else can see its secret.
        </Callout>
      )}
      <div className="flex flex-col items-start gap-2">
        <SubmitButton state={state} variant="danger" pendingLabel="Revoking…">
          {credential.isRevoked ? 'Open the incident' : 'Revoke the key and open the incident'}
        </SubmitButton>
        <p className="text-sm text-muted">
          {credential.isRevoked
            ? 'The key is already revoked.'
            : 'All requests with the key are rejected immediately. This can’t be undone.'}{' '}
          We’ll email owners and admins.
        </p>
      </div>
    </form>
  );
}

function IncidentLink({ team, incidentId }: { team: string; incidentId: string }) {
  return (
    <Link
      href={`/t/${team}/incidents/${incidentId}`}
      className="font-medium text-accent underline underline-offset-4"
    >
      Open the incident
    </Link>
  );
}

function showResult(name: string, { receipt, notReplaced }: Opened): void {
  const isSure = !receipt || receipt.confirmed === receipt.gateways;
  (isSure ? toast.success : toast.warning)(`“${name}” is revoked`, {
    description: receipt ? receiptText(receipt) : 'It was already revoked.',
    duration: 10_000,
  });
  if (notReplaced) toast.error('No replacement yet', { description: notReplaced, duration: 10_000 });
}
