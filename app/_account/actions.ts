'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { userAction } from '#app/_actions/user-action.ts';
import { readDevice, writeDevice } from '#app/_http/device-cookie.ts';
import { ChangeName, changeName } from '#lib/accounts/change-name.ts';
import { ChangePassword, changePassword } from '#lib/accounts/change-password.ts';
import { resendVerification } from '#lib/accounts/resend-verification.ts';
import { EndOwnSession, endOtherSessions, endOwnSession } from '#lib/accounts/sessions.ts';

const Nothing = z.object({});

export const changeNameAction = userAction(ChangeName, async (context, input) => {
  await changeName(context, input);
  revalidatePath('/account');
  return { status: 'done', value: undefined };
});

export const changePasswordAction = userAction(ChangePassword, async (context, input) => {
  const changed = await changePassword({ ...context, device: await readDevice() }, input);
  if (!changed.ok) return { status: 'invalid', fields: { [changed.field]: [changed.message] } };
  await writeDevice(changed.device);
  revalidatePath('/account');
  return { status: 'done', value: undefined };
});

export const endSessionAction = userAction(EndOwnSession, async (context, input) => {
  await endOwnSession(context, input);
  revalidatePath('/account');
  return { status: 'done', value: undefined };
});

export const endOtherSessionsAction = userAction(Nothing, async (context) => {
  await endOtherSessions(context);
  revalidatePath('/account');
  return { status: 'done', value: undefined };
});

export const resendVerificationAction = userAction(Nothing, async (context) => {
  await resendVerification(context);
  return { status: 'done', value: undefined };
});
