import { Badge } from '#app/_components/badge.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { NewCodesDialog, TurnOffDialog } from './two-factor-dialogs.tsx';

const FEW_CODES = 3;

/** The page when two-factor authentication is on. */
export function TwoFactorOn({ since, codesLeft }: { since: Date; codesLeft: number }) {
  return (
    <>
      <Card
        title={
          <span className="flex flex-wrap items-center gap-2">
            Authenticator app <Badge tone="success">On</Badge>
          </span>
        }
        description={
          <>
            On since <DateTime value={since} />.
          </>
        }
        actions={<TurnOffDialog />}
      >
        Browsers that are already signed in stay signed in:{' '}
        <TextLink href="/account#sessions">review your sessions</TextLink>.
      </Card>
      <Card
        title="Recovery codes"
        description={`${codesLeft} of 10 left. Each signs you in once without your phone.`}
        actions={<NewCodesDialog />}
        flush={codesLeft >= FEW_CODES}
      >
        {codesLeft < FEW_CODES && (
          <Callout tone="warning" title="Few recovery codes are left">
            Create new ones while you can still sign in. Without your phone or a code, you can’t access this
            account.
          </Callout>
        )}
      </Card>
    </>
  );
}
