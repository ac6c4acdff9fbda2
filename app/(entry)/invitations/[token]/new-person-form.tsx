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

/** For someone without an account: creates it, joins the team and signs in. */
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
      {/* Not submitted, because it has no name: the address comes from the invitation. For password managers. */}
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

/** Always a full page load, so that nothing typed here stays in memory. */
async function enter({ email, slug }: Joined, password: string): Promise<void> {
  // If signing in fails for any reason, the account exists: the sign-in page is the next step.
  const response = await signIn('credentials', { redirect: false, email, password }).catch(() => undefined);
  window.location.replace(response?.ok && !response.error ? `/t/${slug}` : '/sign-in');
}
