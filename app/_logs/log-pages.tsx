import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import type { LogPage } from '#lib/request-log/list-requests.ts';
import { hrefWith } from './href-with.ts';

/** Links to newer and older requests. If a search stopped early, how far it got and a link to continue. */
export function LogPages({
  page,
  path,
  kept,
  isNewest,
  forward,
}: {
  page: LogPage;
  path: string;
  kept: Record<string, string | undefined>;
  isNewest: boolean;
  forward: boolean;
}) {
  const newerHref = page.newer ? hrefWith(path, kept, { after: page.newer }) : undefined;
  const olderHref = page.older ? hrefWith(path, kept, { before: page.older }) : undefined;
  const onward = forward ? newerHref : olderHref;
  return (
    <>
      {page.searchedTo && onward && (
        <div className="mt-3">
          <Callout tone="info" title="The search isn’t complete">
            <span className="flex flex-wrap items-center justify-between gap-3">
              <span>
                Searched {forward ? 'up' : 'back'} to <DateTime value={page.searchedTo} format="seconds" />.
                To search faster, filter by time or by key.
              </span>
              <LinkButton href={onward} size="sm">
                {forward ? 'Search newer requests' : 'Search older requests'}
              </LinkButton>
            </span>
          </Callout>
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        {isNewest ? (
          <span />
        ) : (
          <LinkButton href={hrefWith(path, kept)} size="sm" variant="ghost" className="mt-3">
            Back to newest
          </LinkButton>
        )}
        <Pagination
          newerHref={page.searchedTo && forward ? undefined : newerHref}
          olderHref={page.searchedTo && !forward ? undefined : olderHref}
        />
      </div>
    </>
  );
}
