'use client';

import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '#app/_components/button.tsx';

/** Signs the other account out and returns to the invitation. */
export function SignOutButton({ callbackUrl }: { callbackUrl: string }) {
  const [pending, setPending] = useState(false);
  return (
    <Button
      variant="primary"
      pending={pending}
      onClick={() => {
        setPending(true);
        void signOut({ callbackUrl });
      }}
    >
      Sign out and continue
    </Button>
  );
}
