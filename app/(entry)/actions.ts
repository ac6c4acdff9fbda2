'use server';

import { setTimeout } from 'node:timers/promises';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { publicAction } from '#app/_actions/user-action.ts';
import { ForgotPassword, forgotPassword } from '#lib/accounts/forgot-password.ts';
import { ResetPassword, resetPassword } from '#lib/accounts/reset-password.ts';
import { SignUp, signUp } from '#lib/accounts/sign-up.ts';
import { verifyEmail } from '#lib/accounts/verify-email.ts';

const DEAD = { status: 'refused', message: 'This link does not work any more. Ask for a new one.' } as const;
const DEAD_VERIFICATION = {
  status: 'refused',
  message:
    'This link does not work any more. Sign in: if your address is not confirmed yet, you can ask for a new one.',
} as const;

export const signUpAction = publicAction(SignUp, async (context, input) => {
  const signedUp = await evenly(signUp(context, input));
  if (!signedUp.ok)
    return { status: 'refused', message: 'Too many people signed up in the last hour. Try again later.' };
  redirect('/check-mail');
});

export const forgotPasswordAction = publicAction(ForgotPassword, async (context, input) => {
  await evenly(forgotPassword(context, input));
  return { status: 'done', value: undefined };
});

export const resetPasswordAction = publicAction(ResetPassword, async (context, input) => {
  const reset = await resetPassword(context, input);
  if (!reset.ok && reset.reason === 'weak') {
    return { status: 'invalid', fields: { password: [reset.message] } };
  }
  if (!reset.ok) return DEAD;
  redirect('/sign-in?notice=password-changed');
});

export const verifyEmailAction = publicAction(
  z.object({ token: z.string().max(200) }),
  async (context, input) => {
    const verified = await verifyEmail(context, input);
    if (!verified.ok) return DEAD_VERIFICATION;
    redirect('/sign-in?notice=email-verified');
  },
);

/** Whether an address is known does not show in the time an answer takes (ASVS 6.3.8): all take at least this long. */
const ANSWER_MS = 400;

async function evenly<T>(work: Promise<T>): Promise<T> {
  const [done] = await Promise.all([work, setTimeout(ANSWER_MS)]);
  return done;
}
