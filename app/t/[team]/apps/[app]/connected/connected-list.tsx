import { EndpointLine } from '#app/t/[team]/apps/_endpoints/endpoint-line.tsx';
import { countEndpoints, type EndpointApi } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { formatCount } from '#lib/format.ts';

/** Up to this many endpoints of an API are expanded; more are collapsed by tag. */
const OPEN_AT_ONCE = 60;

export function ConnectedList({ apis }: { apis: EndpointApi[] }) {
  return apis.map((api) => {
    const count = countEndpoints([api]);
    return (
      <section
        key={api.slug}
        aria-label={api.title}
        className="overflow-hidden rounded-lg border border-line bg-surface"
      >
        <header className="flex items-center justify-between gap-3 bg-sunken px-4 py-2.5">
          <h3 className="min-w-0 truncate font-semibold">{api.title}</h3>
          <span className="text-sm text-muted tabular-nums">{formatCount(count, 'endpoint')}</span>
        </header>
        {api.tags.map((tag) => (
          <details key={tag.name} open={count <= OPEN_AT_ONCE} className="border-t border-line">
            <summary className="px-4 py-2 font-medium hover:bg-sunken">
              {tag.name} <span className="text-sm font-normal text-muted">{tag.endpoints.length}</span>
            </summary>
            <ul className="pb-2">
              {tag.endpoints.map((endpoint) => (
                <li
                  key={endpoint.id}
                  className="flex items-center gap-3 px-4 py-1.5 [contain-intrinsic-size:auto_34px] [content-visibility:auto] max-sm:items-start"
                >
                  <EndpointLine endpoint={endpoint} />
                </li>
              ))}
            </ul>
          </details>
        ))}
      </section>
    );
  });
}
