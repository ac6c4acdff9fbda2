'use client';

import { Button } from './_components/button.tsx';
import { MessagePage } from './_components/message-page.tsx';
import './globals.css';

/** Shown when the root layout itself failed, so it renders a whole document. */
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
          We couldn’t load this page. Try again. If it keeps happening, contact support with the reference.
        </MessagePage>
      </body>
    </html>
  );
}
