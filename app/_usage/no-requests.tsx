import { ChartColumn } from 'lucide-react';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import type { Usage } from '#lib/usage/read-usage.ts';
import { type Place, rangeText } from './place.ts';

/** Shown without requests: how to send the first one, or a longer time range. */
export function NoRequests({ usage, place }: { usage: Usage; place: Place }) {
  const { team, narrowed } = place;
  if (!usage.everCalled)
    return (
      <EmptyState
        icon={<ChartColumn />}
        title="No requests yet"
        description={
          narrowed.length > 0
            ? 'No requests have ever matched these filters.'
            : 'Send your first request in the API Tester or from your own code. It appears here within seconds. The documentation has examples.'
        }
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <LinkButton href={`/t/${team}/tester`} variant="primary">
              Send your first request
            </LinkButton>
            <LinkButton href="/docs">API Documentation</LinkButton>
          </div>
        }
      />
    );
  const longer = { range: '12mo', from: undefined, to: undefined, grain: undefined } as const;
  return (
    <EmptyState
      icon={<ChartColumn />}
      title="No requests in this time range"
      description={`There are no requests in the ${rangeText(usage.span)}. Try a longer time range.`}
      action={<LinkButton href={place.with(longer)}>Show 12 months</LinkButton>}
    />
  );
}
