'use client';

import { useState } from 'react';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { AppCodeField } from '#app/_components/app-code-field.tsx';
import { Button } from '#app/_components/button.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { PasswordField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { beginTwoFactorAction, confirmTwoFactorAction } from './actions.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Password, then the secret for the app and its first code, then the recovery codes. */
export function TurnOn({ doneHref }: { doneHref: string }) {
  const [begun, begin] = useFormAction(beginTwoFactorAction, idle);
  const [confirmed, confirm] = useFormAction(confirmTwoFactorAction, idle);

  if (confirmed.status === 'done') {
    return (
      <RecoveryCodes
        title="Two-factor authentication is on"
        codes={confirmed.value}
        // A full page load, because the router may have cached pages that required two-factor authentication.
        done={
          <Button variant="primary" onClick={() => window.location.assign(doneHref)}>
            I’ve stored them
          </Button>
        }
      />
    );
  }
  if (begun.status === 'done') {
    return (
      <form action={confirm} noValidate className="flex flex-col gap-5">
        <FormMessage state={confirmed} />
        <ShowSecret {...begun.value} />
        <div className="max-w-[560px]">
          <AppCodeField error={errorsOf(confirmed, 'code')} />
        </div>
        <div>
          <SubmitButton state={confirmed} pendingLabel="Turning on…">
            Turn on
          </SubmitButton>
        </div>
      </form>
    );
  }
  return (
    <form action={begin} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={begun} />
      <PasswordField
        label="Current password"
        name="current"
        required
        autoComplete="current-password"
        error={errorsOf(begun, 'current')}
      />
      <div>
        <SubmitButton state={begun} pendingLabel="Checking…">
          Continue
        </SubmitButton>
      </div>
    </form>
  );
}

function ShowSecret({ secret, qr }: { secret: string; qr: { path: string; size: number } }) {
  const [focused, setFocused] = useState(false);
  const grouped = secret.match(/.{1,4}/g)?.join(' ') ?? secret;
  return (
    <div
      className="flex flex-wrap items-start gap-5 outline-none"
      tabIndex={-1}
      // The next step is above the pressed button, which no longer exists.
      ref={(element) => {
        if (!element || focused) return;
        element.focus();
        setFocused(true);
      }}
    >
      {/* Black on white in every theme: many readers know no other. */}
      <svg
        role="img"
        aria-label="QR code for your authenticator app"
        viewBox={`0 0 ${qr.size} ${qr.size}`}
        shapeRendering="crispEdges"
        className="size-44 shrink-0 rounded-lg border border-line bg-white"
      >
        <path d={qr.path} fill="#000" />
      </svg>
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-3">
        <p>Scan this code with your authenticator app. It’s shown only once.</p>
        <p className="text-muted">No camera? Enter this key in the app instead:</p>
        <div className="flex flex-wrap items-center gap-2">
          <code className="min-w-0 rounded-md border border-line bg-sunken px-2 py-1 text-sm break-words">
            {grouped}
          </code>
          <CopyButton value={secret} name="key" />
        </div>
      </div>
    </div>
  );
}
