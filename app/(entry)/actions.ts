'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { ForgotPassword, forgotPassword } from '#lib/accounts/forgot-password.ts';
import { HashingBusy } from '#lib/accounts/password.ts';
import { ResetPassword, resetPassword } from '#lib/accounts/reset-password.ts';
import { SignUp, signUp } from '#lib/accounts/sign-up.ts';
import { verifyEmail } from '#lib/accounts/verify-email.ts';
import { publicAction } from '../user-action.ts';

const BUSY = { status: 'refused', message: 'Too many people at once. Try again in a moment.' } as const;
const DEAD = { status: 'refused', message: 'This link does not work any more. Ask for a new one.' } as const;

export const signUpAction = publicAction(SignUp, async (context, input) => {
  try {
    await signUp(context, input);
  } catch (error) {
    if (error instanceof HashingBusy) return BUSY;
    throw error;
  }
  redirect('/check-mail');
});

export const forgotPasswordAction = publicAction(ForgotPassword, async (context, input) => {
  await forgotPassword(context, input);
  return { status: 'done', value: undefined };
});

export const resetPasswordAction = publicAction(ResetPassword, async (context, input) => {
  const reset = await resetPassword(context, input);
  if (!reset.ok) return DEAD;
  redirect('/sign-in?notice=password-changed');
});

export const verifyEmailAction = publicAction(
  z.object({ token: z.string().max(200) }),
  async (context, input) => {
    const verified = await verifyEmail(context, input);
    if (!verified.ok) return DEAD;
    redirect('/sign-in?notice=email-verified');
  },
);
