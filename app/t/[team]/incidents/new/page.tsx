import { KeyRound } from 'lucide-react';
import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { environmentLabel } from '#app/_keys/environments.ts';
import { StatusBadge } from '#app/_keys/status-badge.tsx';
import { database } from '#db/client.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { type Credential, readCredential } from '#lib/credentials/read-credential.ts';
import { successorName } from '#lib/credentials/successor-name.ts';
import { formatCount } from '#lib/format.ts';
import { findOpenIncident } from '#lib/incidents/list-incidents.ts';
import { NewIncident } from './new-incident.tsx';
import { StepsAhead } from './upcoming-steps.tsx';

export const metadata: Metadata = { title: 'Key compromised?' };

export default async function NewIncidentPage({
  params,
  searchParams,
}: {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const member = await requireMember((await params).team);
  const context = { db: database(), member };
  const parsed = OneCredential.safeParse({ keyId: (await searchParams).key });
  const key = parsed.success ? await readCredential(context, parsed.data) : null;
  const header = (
    <PageHeader
      title="Key compromised?"
      description="We revoke the key first. Its incident then guides you through the remaining steps."
    />
  );
  if (!key)
    return (
      <>
        {header}
        <EmptyState
          icon={<KeyRound />}
          title="Which key is it?"
          description="Open the key’s menu under API Keys and choose “Key compromised?”."
          action={<LinkButton href={`/t/${member.teamSlug}/api-keys`}>API Keys</LinkButton>}
        />
      </>
    );
  const openIncident = await findOpenIncident(context, { keyId: key.keyId });
  return (
    <>
      {header}
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <KeyCard credential={key} />
          <NewIncident
            team={member.teamSlug}
            credential={{ keyId: key.keyId, name: key.name, isRevoked: key.status === 'revoked' }}
            suggestedName={successorName(key.name, 'replaced', new Date())}
            canReplace={key.memberId === null || key.memberId === member.memberId}
            ownerName={key.ownerName}
            openIncident={openIncident}
          />
        </div>
        <StepsAhead />
      </div>
    </>
  );
}

function KeyCard({ credential: key }: { credential: Credential }) {
  const week = key.days.reduce((sum, day) => sum + day, 0);
  return (
    <section aria-label="The key" className="rounded-lg border border-line bg-surface px-5 py-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold break-words">{key.name}</h2>
        <StatusBadge status={key.status} />
      </div>
      <p className="mt-1 text-muted">
        {environmentLabel(key.environment)} key of {key.appTitle}.{' '}
        {week > 0 ? `${formatCount(week, 'request')} in the last 7 days.` : 'No requests in the last 7 days.'}
      </p>
      <p className="mt-1 font-mono text-sm break-all">{key.sharedKey}</p>
    </section>
  );
}
