import type { ExportedTable } from '#lib/usage/export-usage.ts';
import type { Place } from './place.ts';

/** Downloads a table with all of its rows. */
export function ExportLink({ place, table, of }: { place: Place; table: ExportedTable; of: string }) {
  return (
    <a
      href={place.export(table)}
      download
      className="text-sm text-muted underline underline-offset-4 hover:text-ink"
    >
      Export CSV<span className="sr-only"> of {of}</span>
    </a>
  );
}
