import { DateTime } from '#app/_components/date-time.tsx';

/** The evidence of a finding: text, with times in the reader's time zone. */
export function Evidence({ of }: { of: (string | Date)[] }) {
  return of.map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the fragments of a fixed text have no other key
    typeof part === 'string' ? part : <DateTime key={i} value={part} format="relative" />,
  );
}
