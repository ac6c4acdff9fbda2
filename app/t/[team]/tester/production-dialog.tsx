'use client';

import { ConfirmDialog } from '#app/_components/danger-dialog.tsx';
import type { TesterCredential } from '#lib/tester/list-tester-credentials.ts';

/** Says in words what a request with a Production key does, before it does it. */
export function ProductionDialog({
  credential,
  endpoint,
  typed,
  onClose,
  onConfirm,
}: {
  credential: TesterCredential;
  endpoint: { method: string; path: string; apiSlug: string };
  /** Asks for the word once for each key. */
  typed: boolean;
  onClose: () => void;
  onConfirm: () => void;
}) {
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Send with the Production key “${credential.name}”?`}
      description={
        <>
          <p>
            <code className="break-all">
              {endpoint.method} /{endpoint.apiSlug}
              {endpoint.path}
            </code>{' '}
            goes to the real API, as a call of “{credential.appTitle}”. It can change real data, and counts
            against your quota.
          </p>
          <p className="mt-2">
            The audit log will say that you sent it. Development keys are made for testing.
          </p>
        </>
      }
      confirmLabel="Send with Production"
      onConfirm={onConfirm}
      {...(typed ? { typeToConfirm: 'production' } : {})}
    />
  );
}
