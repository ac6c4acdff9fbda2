/** What spreadsheets treat as the start of a formula (`|` for DDE), plain or full-width, also after white space. */
const FORMULA = /^[\s\0]*[=+\-@|＝＋－＠｜]|^[\t\r\n\0]/;

/**
 * One record of a CSV file (RFC 4180: quotes around every cell, doubled inside, CR LF at the end). Cells that a
 * spreadsheet would execute get a leading apostrophe (ASVS 1.2.10). Times are ISO 8601 in UTC.
 */
export function csvRecord(cells: readonly (string | number | Date | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | Date | null): string {
  if (value === null) return '""';
  const text = value instanceof Date ? value.toISOString() : String(value);
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
