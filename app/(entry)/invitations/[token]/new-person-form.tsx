'use client';

import { signIn } from 'next-auth/react';

import { NewPasswordField } from '#app/_account/new-password-field.tsx';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { acceptAsNewPersonAction } from './actions.ts';

type Joined = { email: string; slug: string };

/** For whoever has no account yet: makes it, joins, and signs this browser in. */
export function NewPersonForm({ token, email, name }: { token: string; email: string; name: string }) {
  const [state, action] = useFormAction(async (before: ActionState<Joined>, form: FormData) => {
    const next = await acceptAsNewPersonAction(before, form);
    if (next.status === 'done') await enter(next.value, String(form.get('password')));
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      {/* Without a name it is not sent: the address is the invitation's. Password managers read it. */}
      <TextField
        label="Email"
        name=""
        type="email"
        value={email}
        readOnly
        autoComplete="username"
        className="bg-sunken text-muted"
      />
      <TextField
        label="Name"
        name="name"
        defaultValue={name}
        required
        maxLength={80}
        autoComplete="name"
        error={errorsOf(state, 'name')}
      />
      <NewPasswordField label="Password" error={errorsOf(state, 'password')} />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Joining…">
          Accept invitation
        </SubmitButton>
      </div>
    </form>
  );
}

/** A whole page load either way, so that nothing typed here stays in the browser's memory. */
async function enter({ email, slug }: Joined, password: string): Promise<void> {
  const answer = await signIn('credentials', { redirect: false, email, password }).catch(() => undefined);
  window.location.replace(answer?.ok && !answer.error ? `/t/${slug}` : '/sign-in');
}
