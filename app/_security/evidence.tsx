import { DateTime } from '#app/_components/date-time.tsx';

/** What a finding rests on: words, and moments in the reader's zone. */
export function Evidence({ of }: { of: (string | Date)[] }) {
  return of.map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a fixed text have no other name
    typeof part === 'string' ? part : <DateTime key={i} value={part} format="relative" />,
  );
}
