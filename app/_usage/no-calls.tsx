import { ChartColumn } from 'lucide-react';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import type { Usage } from '#lib/usage/read-usage.ts';
import { type Place, rangeWords } from './place.ts';

/** Nothing to show: how to make the first call, or how to look farther. */
export function NoCalls({ usage, place }: { usage: Usage; place: Place }) {
  const { team, narrowed } = place;
  if (!usage.everCalled)
    return (
      <EmptyState
        icon={<ChartColumn />}
        title="No calls yet"
        description={
          narrowed.length > 0
            ? 'Nothing that fits these filters has ever been called.'
            : 'Send a first request in the API Tester, or from your own code with a key: the documentation has examples. It shows here within seconds.'
        }
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <LinkButton href={`/t/${team}/tester`} variant="primary">
              Make the first call
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
      title="No calls in this time"
      description={`There are calls, but none in the ${rangeWords(usage.span)}.`}
      action={<LinkButton href={place.with(longer)}>Show 12 months</LinkButton>}
    />
  );
}
