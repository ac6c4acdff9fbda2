import { ChevronLeft, ChevronRight } from 'lucide-react';
import { LinkButton } from './button.tsx';

/** Pages by key: newer and older, each absent at its end. */
export function Pagination({
  newerHref,
  olderHref,
}: {
  newerHref?: string | undefined;
  olderHref?: string | undefined;
}) {
  if (!newerHref && !olderHref) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
      {newerHref && (
        <LinkButton href={newerHref} size="sm">
          <ChevronLeft aria-hidden="true" />
          Newer
        </LinkButton>
      )}
      {olderHref && (
        <LinkButton href={olderHref} size="sm">
          Older
          <ChevronRight aria-hidden="true" />
        </LinkButton>
      )}
    </nav>
  );
}
