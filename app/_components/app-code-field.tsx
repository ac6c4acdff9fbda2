import { TextField } from './field.tsx';

/** The six digits that an authenticator app shows. */
export function AppCodeField({ error }: { error?: string[] | undefined }) {
  return (
    <TextField
      label="Code from your app"
      name="code"
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={8}
      className="font-mono"
      error={error}
      hint="Six digits; a new code comes every 30 seconds."
    />
  );
}
