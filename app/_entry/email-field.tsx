import { TextField } from '#app/_components/field.tsx';

/** The email address of an account, which password managers fill in. */
export function EmailField({ error }: { error: string[] | undefined }) {
  return <TextField label="Email" name="email" type="email" autoComplete="username" required error={error} />;
}
