import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';

/** What a new member does first. */
export function OwnKeyCallout({ team }: { team: string }) {
  return (
    <Callout tone="info" title="You have no API key yet">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p>Your own key takes one click. Then you can call the API, within the team’s quota.</p>
        <LinkButton href={`${team}/my-key`} size="sm">
          Get your API key
        </LinkButton>
      </div>
    </Callout>
  );
}
