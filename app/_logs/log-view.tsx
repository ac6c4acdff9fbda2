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

/** The log: filters, table, pages. `path` is the address it stands at, `fixed` what that address names already. */
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
  const { filter, unreadable } = readLogFilter({ ...query, ...fixed });
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
      <Notices unreadable={unreadable} notice={query.notice} />
      {/* Another address is another form: what was chosen before must not linger in it. */}
      <LogFilters
        key={JSON.stringify([kept, unreadable])}
        {...{ filter, unreadable, path, choices, fixed: fixedNames }}
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

function Notices({ unreadable, notice }: { unreadable: readonly FilterName[]; notice: LogQuery[string] }) {
  return (
    <>
      {notice === 'export-running' && (
        <div className="mb-4">
          <Callout tone="warning" title="An export of yours is still running">
            Wait until it has ended, or cancel it in your browser, then export again.
          </Callout>
        </div>
      )}
      {unreadable.length > 0 && (
        <div className="mb-4">
          <Callout tone="warning" title="Not filtered by everything in the address">
            {unreadable.map(labelOf).join(', ')} could not be read and {unreadable.length > 1 ? 'are' : 'is'}{' '}
            left out.
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
        title="Nothing found so far"
        description="None of the requests looked at fits the filters."
      />
    );
  return (
    <EmptyState
      icon={<ScrollText />}
      title={filtered ? 'Nothing matches' : 'No requests yet'}
      description={
        filtered
          ? 'No request fits all of the filters.'
          : 'Call the gateway with one of your keys: the request appears here within two seconds.'
      }
      action={
        <LinkButton href={filtered ? path : `/t/${team}/tester`}>
          {filtered ? 'Show all requests' : 'Open the API Tester'}
        </LinkButton>
      }
    />
  );
}
