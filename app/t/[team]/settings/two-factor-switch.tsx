'use client';

import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { ConfirmDialog } from '#app/_components/danger-dialog.tsx';
import { Switch } from '#app/_components/switch.tsx';
import { formatCount } from '#lib/format.ts';
import { requireTwoFactorAction } from './actions.ts';

const LABEL = 'Require two-factor authentication';

export function TwoFactorSwitch({
  team,
  required,
  own,
  missing,
}: {
  team: string;
  required: boolean;
  /** Whether the reader has set up two-factor authentication. */
  own: boolean;
  /** How many active members haven't. */
  missing: number;
}) {
  const [confirming, setConfirming] = useState(false);
  const locked = !required && !own;

  async function set(on: boolean) {
    const state = await requireTwoFactorAction(team, idle, formOf({ required: String(on) }));
    if (state.status === 'done')
      toast.success(
        on ? 'Two-factor authentication is now required' : 'Two-factor authentication is no longer required',
      );
    return state;
  }

  async function switchTo(on: boolean) {
    const state = await tryAction(() => set(on));
    if (state.status !== 'done') toast.error(reasonOf(state));
  }

  return (
    <div className="flex items-start justify-between gap-6">
      <div className="min-w-0">
        <p className="font-medium">{LABEL}</p>
        <p className="mt-0.5 text-muted">
          Members can’t open the team until they set it up. Their keys keep working.{' '}
          {missing === 0
            ? 'All members have set it up.'
            : `${formatCount(missing, 'member hasn’t', 'members haven’t')} set it up yet.`}
        </p>
        {locked && (
          <p className="mt-2">
            First set it up for yourself in your{' '}
            <Link href="/account" className="text-accent underline underline-offset-2">
              Profile
            </Link>
            .
          </p>
        )}
      </div>
      <div className="flex items-center gap-2">
        <span className="text-muted">{required ? 'On' : 'Off'}</span>
        <Switch
          label={LABEL}
          checked={required}
          disabled={locked}
          onCheckedChange={(on) => (on && missing > 0 ? setConfirming(true) : void switchTo(on))}
        />
      </div>
      <ConfirmDialog
        open={confirming}
        onOpenChange={setConfirming}
        title="Require two-factor authentication?"
        description={`${formatCount(missing, 'member')} can’t open the team until they set it up.`}
        confirmLabel="Require 2FA"
        onConfirm={() => set(true)}
      />
    </div>
  );
}
