import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';

/** The first step for a new member. */
export function OwnKeyCallout({ team }: { team: string }) {
  return (
    <Callout tone="info" title="You don’t have an API key yet">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>Create your own key to send requests. They count toward the team’s quota.</p>
        <LinkButton href={`${team}/my-key`} size="sm">
          Get your API key
        </LinkButton>
      </div>
    </Callout>
  );
}
