import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { TwoFactor } from '#lib/accounts/read-two-factor.ts';

/** Whether two-factor authentication is on, with a link to its page. */
export function TwoFactorCard({ since, codesLeft }: TwoFactor) {
  return (
    <Card
      flush
      title={
        <span className="flex flex-wrap items-center gap-2">
          Two-factor authentication <Badge tone={since ? 'success' : 'neutral'}>{since ? 'On' : 'Off'}</Badge>
        </span>
      }
      description={
        since ? (
          <>
            On since <DateTime value={since} />; {codesLeft} of 10 recovery codes left.
          </>
        ) : (
          'Sign in with your password and a code from your phone.'
        )
      }
      actions={
        <LinkButton href="/account/two-factor">
          {since ? 'Manage' : 'Turn on'}
          <span className="sr-only"> two-factor authentication</span>
        </LinkButton>
      }
    />
  );
}
