'use server';

import { setTimeout } from 'node:timers/promises';
import { redirect } from 'next/navigation';
import { publicAction } from '#app/_actions/user-action.ts';
import { readDevice, writeDevice } from '#app/_http/device-cookie.ts';
import { currentUser } from '#app/_http/session.ts';
import { ForgotPassword, forgotPassword } from '#lib/accounts/forgot-password.ts';
import { ResetPassword, resetPassword } from '#lib/accounts/reset-password.ts';
import { SignUp, signUp } from '#lib/accounts/sign-up.ts';
import { VerifyEmail, verifyEmail } from '#lib/accounts/verify-email.ts';
import { NOT_YOUR_PASSWORD } from '#lib/accounts/verify-password.ts';

const DEAD = { status: 'refused', message: 'This link has expired or was used. Request a new one.' } as const;
const DEAD_VERIFICATION = {
  status: 'refused',
  message:
    'This link has expired or was used. Sign in. If your address isn’t verified yet, you can request a new link.',
} as const;

export const signUpAction = publicAction(SignUp, async (context, input) => {
  const signedUp = await evenly(signUp({ ...context, device: await readDevice() }, input));
  if (!signedUp.ok)
    return { status: 'refused', message: 'Too many sign-ups in the last hour. Try again later.' };
  await writeDevice(signedUp.device);
  redirect('/check-mail');
});

export const forgotPasswordAction = publicAction(ForgotPassword, async (context, input) => {
  await evenly(forgotPassword(context, input));
  return { status: 'done', value: undefined };
});

export const resetPasswordAction = publicAction(ResetPassword, async (context, input) => {
  const reset = await resetPassword({ ...context, device: await readDevice() }, input);
  if (!reset.ok && reset.reason === 'weak') {
    return { status: 'invalid', fields: { password: [reset.message] } };
  }
  if (!reset.ok) return DEAD;
  await writeDevice(reset.device);
  redirect('/sign-in?notice=password-changed');
});

/** `done` with `password` asks for the password of the sign-up, if the browser isn't the one that signed up. */
export const verifyEmailAction = publicAction<typeof VerifyEmail, 'password_needed'>(
  VerifyEmail,
  async (context, input) => {
    const browser = { user: await currentUser(), device: await readDevice() };
    const verified = await verifyEmail({ ...context, ...browser }, input);
    if (verified.ok) {
      await writeDevice(verified.device);
      redirect('/sign-in?notice=email-verified');
    }
    if (verified.reason === 'dead_link') return DEAD_VERIFICATION;
    if (verified.reason === 'password_needed') return { status: 'done', value: 'password_needed' };
    return { status: 'invalid', fields: { password: [NOT_YOUR_PASSWORD] } };
  },
);

/** Every response takes at least this long, so that timing doesn't show whether an address is known (ASVS 6.3.8). */
const ANSWER_MS = 400;

async function evenly<T>(work: Promise<T>): Promise<T> {
  const [done] = await Promise.all([work, setTimeout(ANSWER_MS)]);
  return done;
}
