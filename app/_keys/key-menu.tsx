'use client';

import {
  Activity,
  Ban,
  CirclePause,
  CirclePlay,
  Copy,
  Pencil,
  RefreshCw,
  ShieldAlert,
  ShieldCheck,
} from 'lucide-react';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { copyText } from '#app/_components/copy-text.ts';
import { Menu, MenuItem, MenuSeparator } from '#app/_components/menu.tsx';
import { resume } from './change-status.ts';
import { PauseDialog, RevokeDialog } from './danger-dialogs.tsx';
import { EditDialog } from './edit-dialog.tsx';
import type { MenuKey } from './menu-key.ts';

const DIALOGS = { edit: EditDialog, pause: PauseDialog, revoke: RevokeDialog } as const;

/** The actions for a key. `rotates` is false for another member's own key: only they can see its new secret. */
export function KeyMenu({
  team,
  credential,
  rotates,
}: {
  team: string;
  credential: MenuKey;
  rotates: boolean;
}) {
  const [open, setOpen] = useState<keyof typeof DIALOGS | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const { keyId, name, status, sharedKey } = credential;
  const path = `/t/${team}/api-keys/${keyId}`;
  const Dialog = open && DIALOGS[open];
  const ended = status === 'revoked' || status === 'expired';
  const close = () => {
    setOpen(null);
    // The menu item that opened the dialog is gone, so the focus returns to the menu's button.
    setTimeout(() => root.current?.querySelector('button')?.focus());
  };
  async function copy() {
    if (await copyText(sharedKey)) toast.success(`Shared Key of “${name}” copied`);
    else toast.error('Your browser blocked copying. Open the key and copy it there.');
  }
  return (
    <div ref={root} className="ml-auto w-fit">
      <Menu label={`Actions for ${name}`}>
        <MenuItem href={`${path}/usage`} icon={<Activity aria-hidden="true" />}>
          View Usage
        </MenuItem>
        <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copy()}>
          Copy Shared Key
        </MenuItem>
        {status !== 'revoked' && (
          <MenuItem icon={<Pencil aria-hidden="true" />} onSelect={() => setOpen('edit')}>
            Edit
          </MenuItem>
        )}
        {status !== 'revoked' && (
          <MenuItem href={`${path}/restrictions`} icon={<ShieldCheck aria-hidden="true" />}>
            Restrictions
          </MenuItem>
        )}
        {rotates && !ended && (
          <MenuItem href={`${path}/rotation`} icon={<RefreshCw aria-hidden="true" />}>
            Rotate
          </MenuItem>
        )}
        {(status === 'active' || status === 'retiring') && (
          <MenuItem icon={<CirclePause aria-hidden="true" />} onSelect={() => setOpen('pause')}>
            Pause
          </MenuItem>
        )}
        {status === 'paused' && (
          <MenuItem icon={<CirclePlay aria-hidden="true" />} onSelect={() => void resume(team, credential)}>
            Activate
          </MenuItem>
        )}
        <MenuSeparator />
        {status !== 'revoked' && (
          <MenuItem tone="danger" icon={<Ban aria-hidden="true" />} onSelect={() => setOpen('revoke')}>
            Revoke Key
          </MenuItem>
        )}
        <MenuItem
          href={`/t/${team}/incidents/new?key=${keyId}`}
          tone="danger"
          icon={<ShieldAlert aria-hidden="true" />}
        >
          Key compromised?
        </MenuItem>
      </Menu>
      {Dialog && <Dialog team={team} credential={credential} onClose={close} />}
    </div>
  );
}
