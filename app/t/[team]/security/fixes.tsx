'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button, LinkButton } from '#app/_components/button.tsx';
import { StopKeyDialog } from '#app/_keys/danger-dialogs.tsx';
import type { FindingKey, Fix, SubjectOfFinding } from '#lib/posture/finding.ts';
import { ExpiryDialog } from './expiry-dialog.tsx';

const LABELS: Record<Fix, string> = {
  rotate: 'Rotate',
  revoke: 'Revoke Key',
  pause: 'Pause',
  restrict: 'Restrict',
  set_expiry: 'Set expiration',
  see_callers: 'View callers',
  create_key: 'Create API Key',
  compromised: 'Key compromised?',
  see_member: 'View member',
  two_factor_settings: 'Require 2FA',
  own_two_factor: 'Set up',
  see_team: 'Open My Team',
  review: 'Start review',
};

/** The page of a fix; null if it is a dialog. */
function hrefOf(fix: Fix, team: string, subject: SubjectOfFinding): string | null {
  const at = `/t/${team}`;
  const key = subject.type === 'key' ? `${at}/api-keys/${subject.keyId}` : `${at}/api-keys`;
  const member = subject.type === 'member' ? `${at}/members/${subject.memberId}` : `${at}/members`;
  switch (fix) {
    case 'rotate':
      return `${key}/rotation`;
    case 'restrict':
      return `${key}/restrictions`;
    case 'see_callers':
      return key;
    case 'create_key':
      return `${at}/api-keys`;
    case 'compromised':
      return subject.type === 'key' ? `${at}/incidents/new?key=${subject.keyId}` : `${at}/incidents`;
    case 'see_member':
      return member;
    case 'two_factor_settings':
      return `${at}/settings`;
    case 'own_two_factor':
      return '/account/two-factor';
    case 'see_team':
      return `${at}/members`;
    case 'review':
      return `${at}/members/review`;
    default:
      return null;
  }
}

/** Buttons that fix a finding, the recommended one first. Destructive ones ask for confirmation. */
export function Fixes({ team, fixes, subject }: { team: string; fixes: Fix[]; subject: SubjectOfFinding }) {
  const [open, setOpen] = useState<Fix | null>(null);
  const close = () => setOpen(null);
  const name = subject.type === 'team' ? 'the team' : subject.name;
  return (
    <>
      {fixes.map((fix) => {
        const href = hrefOf(fix, team, subject);
        const label = (
          <>
            {LABELS[fix]} <span className="sr-only">({name})</span>
          </>
        );
        return href ? (
          <LinkButton key={fix} href={href} size="sm">
            {label}
          </LinkButton>
        ) : (
          <Button key={fix} size="sm" onClick={() => setOpen(fix)}>
            {label}
          </Button>
        );
      })}
      {open && subject.type === 'key' && <FixDialog team={team} fix={open} of={subject} onClose={close} />}
    </>
  );
}

function FixDialog({
  team,
  fix,
  of,
  onClose,
}: {
  team: string;
  fix: Fix;
  of: FindingKey;
  onClose: () => void;
}) {
  const router = useRouter();
  if (fix === 'set_expiry') return <ExpiryDialog team={team} of={of} onClose={onClose} />;
  return fix === 'pause' || fix === 'revoke' ? (
    <StopKeyDialog
      team={team}
      change={fix}
      credential={of}
      onClose={onClose}
      onDone={() => router.refresh()}
    />
  ) : null;
}
