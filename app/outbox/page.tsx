import { Inbox } from 'lucide-react';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { outboxIsShown } from '#app/_http/outbox-shown.ts';
import { env } from '#lib/env.ts';
import { readOutbox } from '#lib/mail/read-outbox.ts';
import { WithLinks } from './with-links.tsx';

export const metadata: Metadata = { title: 'Outbox' };
export const dynamic = 'force-dynamic';

/** The emails of an installation without a mail service. */
export default async function OutboxPage() {
  if (!outboxIsShown()) notFound();
  const mails = await readOutbox(env().outboxDir);
  return (
    <main id="content" className="mx-auto w-full max-w-[760px] px-4 py-10">
      <PageHeader
        title="Outbox"
        description="Emails that this installation would send, newest first. No mail service is configured."
      />
      {mails.length === 0 && (
        <EmptyState
          icon={<Inbox />}
          title="No emails yet"
          description="Create an account. The first email appears here within seconds."
        />
      )}
      <div className="flex flex-col gap-4">
        {mails.map((mail) => (
          <Card
            key={mail.id}
            title={mail.subject}
            description={
              <>
                To {mail.to}, <DateTime value={mail.sentAt} />
              </>
            }
          >
            <p className="text-sm break-words whitespace-pre-wrap">
              <WithLinks text={mail.text} />
            </p>
            <details className="mt-3">
              <summary className="cursor-pointer text-muted">Preview</summary>
              <iframe
                title={`${mail.subject} to ${mail.to}`}
                srcDoc={mail.html}
                sandbox=""
                className="mt-3 h-120 w-full rounded-lg border border-line bg-white"
              />
            </details>
          </Card>
        ))}
      </div>
    </main>
  );
}
