import type { Metadata } from 'next';
import { LinkButton } from './_components/button.tsx';
import { MessagePage } from './_components/message-page.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFoundPage() {
  return (
    <>
      {/* Next omits the title when a layout called notFound(). */}
      <title>Not found · Latchkey</title>
      <MessagePage
        title="Page not found"
        actions={
          <LinkButton href="/" variant="primary">
            Go to the dashboard
          </LinkButton>
        }
      >
        This page doesn’t exist, or you don’t have access to it. If someone sent you the link, ask them which
        team it belongs to.
      </MessagePage>
    </>
  );
}
