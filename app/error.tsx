'use client';

import { Button, LinkButton } from './_components/button.tsx';
import { MessagePage } from './_components/message-page.tsx';

/** What stands in place of a page that failed. The cause is in the server's log under the same reference. */
export default function ErrorPage({
  error,
  retry,
}: {
  error: Error & { digest?: string };
  retry: () => void;
}) {
  return (
    <MessagePage
      title="Something went wrong"
      reference={error.digest}
      actions={
        <>
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
          <LinkButton href="/">Go to the dashboard</LinkButton>
        </>
      }
    >
      This page could not be shown. Nothing you entered elsewhere is lost. If it happens again, tell us the
      reference.
    </MessagePage>
  );
}
