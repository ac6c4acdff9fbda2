import type { Metadata } from 'next';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireUser } from '#app/_http/session.ts';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { database } from '#db/client.ts';
import { needsTwoFactor } from '#lib/access/member.ts';
import { readTwoFactor } from '#lib/accounts/read-two-factor.ts';
import { TurnOn } from './turn-on.tsx';
import { TwoFactorOn } from './two-factor-on.tsx';

export const metadata: Metadata = { title: 'Two-factor authentication' };

export default async function TwoFactorPage({
  searchParams,
}: {
  searchParams: Promise<{ team?: unknown; operator?: unknown }>;
}) {
  const user = await requireUser();
  const { team: slug, operator } = await searchParams;
  const db = database();
  const [{ since, codesLeft }, team] = await Promise.all([
    readTwoFactor({ db, user }),
    typeof slug === 'string' ? needsTwoFactor(db, user, slug) : null,
  ]);
  return (
    <>
      <Crumb segment="two-factor" label="Two-factor authentication" />
      <PageHeader
        title="Two-factor authentication"
        description="Sign in with your password and a code from your phone."
      />
      <div className="flex max-w-[720px] flex-col gap-6">
        {team && (
          <Callout tone="warning" title={`${team} requires two-factor authentication`}>
            Set it up to open the team again. Your API keys keep working.
          </Callout>
        )}
        {operator !== undefined && user.isOperator && !since && (
          <Callout tone="warning" title="Operators need two-factor authentication">
            Set it up to open the operator pages.
          </Callout>
        )}
        {since ? (
          <TwoFactorOn since={since} codesLeft={codesLeft} />
        ) : (
          <Card
            title="Turn it on"
            description="You need an authenticator app, such as your password manager."
          >
            <TurnOn
              doneHref={team && typeof slug === 'string' ? `/t/${encodeURIComponent(slug)}` : '/account'}
            />
          </Card>
        )}
      </div>
    </>
  );
}
