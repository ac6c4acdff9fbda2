import { Badge, type Tone } from '#app/_components/badge.tsx';
import type { CredentialStatus } from '#lib/credentials/credential-status.ts';

const looks: Record<CredentialStatus, { tone: Tone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  retiring: { tone: 'info', word: 'Retiring' },
  paused: { tone: 'neutral', word: 'Inactive' },
  expired: { tone: 'warning', word: 'Expired' },
  revoked: { tone: 'danger', word: 'Revoked' },
};

export function StatusBadge({ status }: { status: CredentialStatus }) {
  return <Badge tone={looks[status].tone}>{looks[status].word}</Badge>;
}
