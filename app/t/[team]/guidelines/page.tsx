import { BookOpen } from 'lucide-react';
import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readSettings } from '#lib/teams/read-settings.ts';
import { ConfirmForm } from './confirm-form.tsx';

export const metadata: Metadata = { title: 'Team guidelines' };

export default async function GuidelinesPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const { name, guidelines, guidelinesAt, own } = await readSettings({ db: database(), member });
  const edit = can(member, 'team.edit') && (
    <LinkButton href={`/t/${member.teamSlug}/settings`}>
      {guidelinesAt ? 'Edit guidelines' : 'Write guidelines'}
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Team guidelines"
        description={`How ${name} works with its apps and API keys.`}
        actions={guidelinesAt && edit}
      />
      {guidelinesAt ? (
        <div className="flex max-w-[720px] flex-col gap-4">
          <Card>
            <div className="flex flex-col gap-3 leading-relaxed">
              {guidelines.split(/\n{2,}/).map((paragraph, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs of a fixed text have no other key.
                <p key={index} className="break-words whitespace-pre-line">
                  {paragraph}
                </p>
              ))}
            </div>
            <p className="mt-5 border-t border-line pt-3 text-sm text-muted">
              Last updated <DateTime value={guidelinesAt} />
            </p>
          </Card>
          {own.confirmedAt ? (
            <Callout tone="success">
              You confirmed these guidelines on <DateTime value={own.confirmedAt} />.
            </Callout>
          ) : (
            <ConfirmForm team={member.teamSlug} version={guidelinesAt.toISOString()} />
          )}
        </div>
      ) : (
        <EmptyState
          icon={<BookOpen />}
          title="No guidelines yet"
          description={
            edit
              ? 'Describe how to name keys, where to keep secrets and who to contact if one leaks. Members confirm that they’ve read them.'
              : 'The team’s owners haven’t written any.'
          }
          action={edit}
        />
      )}
    </>
  );
}
