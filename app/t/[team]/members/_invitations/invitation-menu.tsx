'use client';

import { Link2, Send, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { copyText } from '#app/_components/copy-text.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { Menu, MenuItem, MenuSeparator } from '#app/_components/menu.tsx';
import { cancelInvitationAction, copyLinkAction, resendInvitationAction } from './actions.ts';

type Props = {
  team: string;
  invitation: { id: string; email: string; name: string; expired: boolean };
  /** Whether the reader can invite people with this role, and so resend and copy the link. */
  canInvite: boolean;
};

/** Actions for an open invitation. It belongs to the team, not to its sender. */
export function InvitationMenu({ team, invitation, canInvite }: Props) {
  const router = useRouter();
  const { id, email, name, expired } = invitation;
  const [confirming, setConfirming] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const form = () => formOf({ invitationId: id });
  const fail = <T,>(state: ActionState<T>) => {
    toast.error(reasonOf(state));
    if (state.status === 'refused') router.refresh(); // The list is out of date.
  };

  async function resend() {
    const state = await tryAction(() => resendInvitationAction(team, idle, form()));
    if (state.status !== 'done') return fail(state);
    toast.success(`Invitation resent to ${state.value}`, {
      description: 'The link in the earlier email no longer works.',
    });
  }

  async function copy() {
    const state = await tryAction(() => copyLinkAction(team, idle, form()));
    if (state.status !== 'done') return fail(state);
    // Some browsers block the clipboard after waiting for the server. Then the link is shown instead.
    if (!(await copyText(state.value))) return setLink(state.value);
    toast.success('Link copied', { description: `It works once, and only for ${email}.` });
  }

  async function cancel() {
    const state = await cancelInvitationAction(team, idle, form());
    if (state.status === 'done') toast.success(`Invitation for ${email} canceled`);
    return state;
  }

  return (
    <>
      <Menu label={`Actions for ${name}`}>
        {canInvite && (
          <>
            <MenuItem icon={<Send aria-hidden="true" />} onSelect={() => void resend()}>
              Resend invitation
            </MenuItem>
            <MenuItem icon={<Link2 aria-hidden="true" />} disabled={expired} onSelect={() => void copy()}>
              Copy link
            </MenuItem>
            <MenuSeparator />
          </>
        )}
        <MenuItem tone="danger" icon={<X aria-hidden="true" />} onSelect={() => setConfirming(true)}>
          Cancel invitation
        </MenuItem>
      </Menu>
      <DangerDialog
        open={confirming}
        onOpenChange={setConfirming}
        title={`Cancel the invitation for ${name}?`}
        description={
          <>
            The link sent to <strong className="font-semibold break-all">{email}</strong> stops working
            immediately. You can invite the same address again.
          </>
        }
        confirmLabel="Cancel invitation"
        cancelLabel="Keep invitation"
        onConfirm={cancel}
      />
      <Dialog
        open={link !== null}
        onOpenChange={(open) => !open && setLink(null)}
        title={`Link for ${name}`}
        description={`It works once, and only for ${email}.`}
        footer={link && <CopyButton value={link} size="md" variant="primary" />}
      >
        <p className="font-mono text-sm break-all">{link}</p>
      </Dialog>
    </>
  );
}
