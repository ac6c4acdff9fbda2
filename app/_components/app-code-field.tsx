import { TextField } from './field.tsx';

/** The six-digit code from an authenticator app. */
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
      hint="Six digits. A new code appears every 30 seconds."
    />
  );
}
