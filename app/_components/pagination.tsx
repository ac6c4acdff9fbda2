import { ChevronLeft, ChevronRight } from 'lucide-react';
import { LinkButton } from './button.tsx';

/** Links to newer and older pages, each absent at its end. `words` is for lists that aren't ordered by time. */
export function Pagination({
  newerHref,
  olderHref,
  words = { newer: 'Newer', older: 'Older' },
}: {
  newerHref?: string | undefined;
  olderHref?: string | undefined;
  words?: { newer: string; older: string };
}) {
  if (!newerHref && !olderHref) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
      {newerHref && (
        <LinkButton href={newerHref} size="sm">
          <ChevronLeft aria-hidden="true" />
          {words.newer}
        </LinkButton>
      )}
      {olderHref && (
        <LinkButton href={olderHref} size="sm">
          {words.older}
          <ChevronRight aria-hidden="true" />
        </LinkButton>
      )}
    </nav>
  );
}
