import Link from 'next/link';
import { Callout } from '#app/_components/callout.tsx';

/** Shown until the member has confirmed the current guidelines. */
export function GuidelinesCallout({ team }: { team: string }) {
  return (
    <Callout tone="info" title="Please read the team guidelines">
      They are new or have changed.{' '}
      <Link href={`${team}/guidelines`} className="font-medium text-accent underline underline-offset-2">
        Read and confirm
      </Link>
    </Callout>
  );
}
