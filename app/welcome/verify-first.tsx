/** Shown in place of the form while the address is not confirmed. */
export function VerifyFirst({ email }: { email: string }) {
  return <p>Confirm {email} first.</p>;
}
