'use client';

import { Link2, Send, X } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { copyText } from '#app/_components/copy-text.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { Menu, MenuItem, MenuSeparator } from '#app/_components/menu.tsx';
import { cancelInvitationAction, copyLinkAction, resendInvitationAction } from './actions.ts';

type Props = { team: string; invitation: { id: string; email: string; name: string; expired: boolean } };

/** What can be done with an open invitation. */
export function InvitationMenu({ team, invitation }: Props) {
  const { id, email, name, expired } = invitation;
  const [asking, setAsking] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const form = () => formOf({ invitationId: id });

  async function resend() {
    const state = await tryAction(() => resendInvitationAction(team, idle, form()));
    if (state.status !== 'done') return void toast.error(reasonOf(state));
    toast.success(`Invitation sent to ${state.value} again`, {
      description: 'The link of the earlier mail no longer works.',
    });
  }

  async function copy() {
    const state = await tryAction(() => copyLinkAction(team, idle, form()));
    if (state.status !== 'done') return void toast.error(reasonOf(state));
    // Some browsers refuse the clipboard once an answer had to be waited for: then the link is shown.
    if (!(await copyText(state.value))) return setLink(state.value);
    toast.success('Link copied', { description: `It works once, for ${email} only.` });
  }

  async function cancel() {
    const state = await cancelInvitationAction(team, idle, form());
    if (state.status === 'done') toast.success(`Invitation of ${email} cancelled`);
    return state;
  }

  return (
    <>
      <Menu label={`Actions for ${name}`}>
        <MenuItem icon={<Send aria-hidden="true" />} onSelect={() => void resend()}>
          Resend invitation
        </MenuItem>
        <MenuItem icon={<Link2 aria-hidden="true" />} disabled={expired} onSelect={() => void copy()}>
          Copy link
        </MenuItem>
        <MenuSeparator />
        <MenuItem tone="danger" icon={<X aria-hidden="true" />} onSelect={() => setAsking(true)}>
          Cancel invitation
        </MenuItem>
      </Menu>
      <DangerDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Cancel the invitation of ${name}?`}
        description={
          <>
            The link sent to <strong className="font-semibold break-all">{email}</strong> stops working at
            once. You can invite the same address again.
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
        description={`It works once, for ${email} only.`}
        footer={link && <CopyButton value={link} size="md" variant="primary" />}
      >
        <p className="font-mono text-sm break-all">{link}</p>
      </Dialog>
    </>
  );
}
