'use server';

import type { ActionState } from '#app/_actions/action-state.ts';
import { userAction } from '#app/_actions/user-action.ts';
import { BeginTwoFactor, beginTwoFactor } from '#lib/accounts/begin-two-factor.ts';
import { ConfirmTwoFactor, confirmTwoFactor } from '#lib/accounts/confirm-two-factor.ts';
import { newRecoveryCodes } from '#lib/accounts/new-recovery-codes.ts';
import { turnOffTwoFactor } from '#lib/accounts/turn-off-two-factor.ts';
import { BothFactors } from '#lib/accounts/verify-both-factors.ts';
import { NOT_YOUR_PASSWORD } from '#lib/accounts/verify-password.ts';
import { qrOf } from './qr.ts';

type Reason = 'wrong_password' | 'wrong_code' | 'already_on' | 'not_begun' | 'not_on' | 'email_not_verified';

/** Each reason as the state of the form. */
const REASONS: Record<Reason, ActionState<never>> = {
  wrong_password: { status: 'invalid', fields: { current: [NOT_YOUR_PASSWORD] } },
  wrong_code: {
    status: 'invalid',
    fields: { code: ['Incorrect code. Each code works once. Wait for the next one.'] },
  },
  already_on: { status: 'refused', message: 'Two-factor authentication is already on. Reload the page.' },
  not_begun: {
    status: 'refused',
    message: 'Setup was canceled in another window. Reload the page and start again.',
  },
  not_on: { status: 'refused', message: 'Two-factor authentication is already off. Reload the page.' },
  email_not_verified: {
    status: 'refused',
    message: 'Verify your email address first. Open the link in the email we sent you.',
  },
};

export const beginTwoFactorAction = userAction(BeginTwoFactor, async (context, input) => {
  const begun = await beginTwoFactor(context, input);
  if (!begun.ok) return REASONS[begun.reason];
  return { status: 'done', value: { secret: begun.secret, qr: qrOf(begun.uri) } };
});

// Nothing is revalidated here, because the page would remove the form with its codes and toasts. The form refreshes the
// page afterwards.
export const confirmTwoFactorAction = userAction(ConfirmTwoFactor, async (context, input) => {
  const confirmed = await confirmTwoFactor(context, input);
  if (!confirmed.ok) return REASONS[confirmed.reason];
  return { status: 'done', value: confirmed.recoveryCodes };
});

export const newRecoveryCodesAction = userAction(BothFactors, async (context, input) => {
  const renewed = await newRecoveryCodes(context, input);
  if (!renewed.ok) return REASONS[renewed.reason];
  return { status: 'done', value: renewed.recoveryCodes };
});

export const turnOffTwoFactorAction = userAction(BothFactors, async (context, input) => {
  const off = await turnOffTwoFactor(context, input);
  if (!off.ok) return REASONS[off.reason];
  return { status: 'done', value: undefined };
});
