import { TextField } from '#app/_components/field.tsx';

/** The address of an account, as a password manager fills it in. */
export function EmailField({ error }: { error: string[] | undefined }) {
  return <TextField label="Email" name="email" type="email" autoComplete="username" required error={error} />;
}
