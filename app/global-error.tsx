'use client';

import { Button } from './_components/button.tsx';
import { MessagePage } from './_components/message-page.tsx';
import './globals.css';

/** When even the root layout failed: the same words in a document of its own. */
export default function GlobalErrorPage({
  error,
  retry,
}: {
  error: Error & { digest?: string };
  retry: () => void;
}) {
  return (
    <html lang="en">
      <head>
        <title>Something went wrong · Latchkey</title>
      </head>
      <body>
        <MessagePage
          title="Something went wrong"
          reference={error.digest}
          actions={
            <Button variant="primary" onClick={retry}>
              Try again
            </Button>
          }
        >
          Latchkey could not show this page. If it happens again, tell us the reference.
        </MessagePage>
      </body>
    </html>
  );
}
