'use client';

import { ConfirmDialog } from '#app/_components/danger-dialog.tsx';
import type { TesterCredential } from '#lib/tester/list-tester-credentials.ts';

/** Explains what a request with a Production key does, and asks for confirmation. */
export function ProductionDialog({
  credential,
  endpoint,
  typed,
  onClose,
  onConfirm,
}: {
  credential: TesterCredential;
  endpoint: { method: string; path: string; apiSlug: string };
  /** Requires typing a word, once per key. */
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
            goes to the live API as a request from “{credential.appTitle}”. It can change real data and counts
            toward your quota.
          </p>
          <p className="mt-2">
            It’s listed in the audit log with your name. Use a Development key for testing.
          </p>
        </>
      }
      confirmLabel="Send with Production"
      onConfirm={onConfirm}
      {...(typed ? { typeToConfirm: 'production' } : {})}
    />
  );
}
