import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { requireUser } from '#app/_http/session.ts';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { database } from '#db/client.ts';
import { findMember } from '#lib/access/member.ts';
import { roleTitle } from '#lib/members/role-title.ts';
import { readSuspension, SuspensionOf } from '#lib/teams/read-suspension.ts';

export const metadata: Metadata = { title: 'Suspended' };

/** Where every page of a team leads while the reader is suspended from it. After reactivation it leads back. */
export default async function SuspendedPage({ params }: { params: Promise<{ team: string }> }) {
  const user = await requireUser();
  const of = SuspensionOf.safeParse({ slug: (await params).team });
  if (!of.success) notFound();
  const { slug } = of.data;
  const suspension = await readSuspension({ db: database(), user }, { slug });
  if (!suspension) return (await findMember(database(), user, slug)) ? redirect(`/t/${slug}`) : notFound();
  const { team, since, contacts } = suspension;
  return (
    <>
      <Crumb segment={slug} label={team} />
      <PageHeader
        title={`You’re suspended from ${team}`}
        description={
          <>
            Since <DateTime value={since} />
          </>
        }
      />
      <div className="max-w-[560px]">
        <Card title="What this means">
          <p>
            You can’t open {team}, and requests with your own API key for it are rejected. Your account and
            your other teams aren’t affected.
          </p>
          <p className="mt-3">To get access again, ask one of these people to reactivate you:</p>
          <ul className="mt-2 divide-y divide-line">
            {contacts.map(({ name, email, role }) => (
              <li key={email} className="py-2 last:pb-0">
                {name} <span className="text-muted">({roleTitle(role)})</span>
                <br />
                <TextLink href={`mailto:${email}`}>{email}</TextLink>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </>
  );
}
