import type { Metadata } from 'next';
import { LinkButton } from './_components/button.tsx';
import { MessagePage } from './_components/message-page.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFoundPage() {
  return (
    <>
      {/* Next leaves the title out when it was a layout's metadata that found nothing. */}
      <title>Not found · Latchkey</title>
      <MessagePage
        title="Page not found"
        actions={
          <LinkButton href="/" variant="primary">
            Go to the dashboard
          </LinkButton>
        }
      >
        There is nothing at this address, or you have no access to it. If somebody sent you the link, ask them
        which team it belongs to.
      </MessagePage>
    </>
  );
}
