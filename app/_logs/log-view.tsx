import { ScrollText } from 'lucide-react';
import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { listLogChoices } from '#lib/request-log/list-filter-choices.ts';
import { listRequests } from '#lib/request-log/list-requests.ts';
import { type FilterName, readLogFilter } from '#lib/request-log/log-filter.ts';
import { readLimitsAt } from '#lib/request-log/read-limits-at.ts';
import { ExportDialog } from './export-dialog.tsx';
import { FilterChips } from './filter-chips.tsx';
import { chipsOf, labelOf } from './filter-labels.ts';
import { hrefWith } from './href-with.ts';
import { LiveLog } from './live-log.tsx';
import { LogFilters } from './log-filters.tsx';
import { LogPages } from './log-pages.tsx';
import { LogTable } from './log-table.tsx';

export type LogQuery = Record<string, string | string[] | undefined>;

/** The request log: filters, table, pagination. `path` is the page's URL, `fixed` the filters that the URL path sets. */
export async function RequestLog({
  member,
  query,
  path,
  fixed = {},
}: {
  member: Member;
  query: LogQuery;
  path: string;
  fixed?: { app?: string; key?: string };
}) {
  const context = { db: database(), member };
  const team = member.teamSlug;
  const { filter, invalid } = readLogFilter({ ...query, ...fixed });
  const fixedNames = Object.keys(fixed) as FilterName[]; // Its two keys are names of filters.
  const [page, choices, { retentionDays }] = await Promise.all([
    listRequests(context, filter),
    listLogChoices(context, filter),
    readLimitsAt(context, { at: new Date(), day: new Date().toISOString().slice(0, 10) }),
  ]);
  const chips = chipsOf(filter, choices, fixedNames);
  const { before, after, ...kept } = filter;
  const inAddress = { ...kept, ...Object.fromEntries(fixedNames.map((name) => [name, undefined])) };
  const columns = {
    member: can(member, 'usage.view') && !fixed.key,
    app: !fixed.app && !fixed.key,
    key: !fixed.key,
  };
  const isNewest = !before && !after;
  const exportDialog = <ExportDialog {...{ team, filter, chips, retentionDays }} />;
  const empty = (
    <NoRequests {...{ team, path, filtered: chips.length > 0, stopped: page.searchedTo !== null }} />
  );
  return (
    <>
      <Notices invalid={invalid} notice={query.notice} />
      {/* A new key for each URL resets the form's fields. */}
      <LogFilters
        key={JSON.stringify([kept, invalid])}
        {...{ filter, invalid, path, choices, fixed: fixedNames }}
      />
      <FilterChips {...{ chips, filter: inAddress, path, clearHref: path }} />
      {isNewest && filter.to === undefined ? (
        <LiveLog
          key={`${JSON.stringify(kept)} ${page.requests[0]?.id}`}
          first={page.requests}
          href={hrefWith(`/t/${team}/logs/live`, { live: '1' }, kept)}
          team={team}
          columns={columns}
          empty={empty}
          actions={exportDialog}
        />
      ) : (
        <>
          <div className="mb-3 flex justify-end">{exportDialog}</div>
          {page.requests.length > 0 ? (
            <LogTable requests={page.requests} team={team} columns={columns} />
          ) : (
            empty
          )}
        </>
      )}
      <LogPages page={page} path={path} kept={inAddress} isNewest={isNewest} forward={after !== undefined} />
    </>
  );
}

function Notices({ invalid, notice }: { invalid: readonly FilterName[]; notice: LogQuery[string] }) {
  return (
    <>
      {notice === 'export-running' && (
        <div className="mb-4">
          <Callout tone="warning" title="You already have an export running">
            Wait until it finishes, or cancel it in your browser. Then export again.
          </Callout>
        </div>
      )}
      {invalid.length > 0 && (
        <div className="mb-4">
          <Callout tone="warning" title="Some filters in the URL are invalid">
            Ignored: {invalid.map(labelOf).join(', ')}.
          </Callout>
        </div>
      )}
    </>
  );
}

function NoRequests({
  team,
  path,
  filtered,
  stopped,
}: {
  team: string;
  path: string;
  filtered: boolean;
  stopped: boolean;
}) {
  if (stopped)
    return (
      <EmptyState
        icon={<ScrollText />}
        title="No matches so far"
        description="None of the requests searched so far match the filters."
      />
    );
  return (
    <EmptyState
      icon={<ScrollText />}
      title={filtered ? 'No matching requests' : 'No requests yet'}
      description={
        filtered
          ? 'No requests match all filters.'
          : 'Send a request with one of your keys. It appears here within two seconds.'
      }
      action={
        <LinkButton href={filtered ? path : `/t/${team}/tester`}>
          {filtered ? 'Show all requests' : 'Open the API Tester'}
        </LinkButton>
      }
    />
  );
}
