'use client';

import { Button, LinkButton } from './_components/button.tsx';
import { MessagePage } from './_components/message-page.tsx';

/** Replaces a page that failed. The server's log has the cause under the same reference. */
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
      We couldn’t load this page. Try again. If it keeps happening, contact support with the reference.
    </MessagePage>
  );
}
