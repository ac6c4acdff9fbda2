import { expect, test } from 'vitest';
import { csvRecord } from './csv.ts';

test('cells are quoted, quotes in them doubled, and a record ends with CR LF', () => {
  expect(csvRecord(['a', 'b, "c"', 'two\nlines', 7, null])).toBe('"a","b, ""c""","two\nlines","7",""\r\n');
});

test("times are in UTC, regardless of the process's time zone", () => {
  expect(csvRecord([new Date(Date.UTC(2026, 2, 1, 23, 59, 1))])).toBe('"2026-03-01T23:59:01.000Z"\r\n');
});

test.each([
  "=cmd|'/c calc'!A1",
  '+1',
  '-2',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '\0=1',
  '\0x',
  '  =1+1',
  '＝1+1',
  "|cmd'/c calc'!A1",
  ' |x',
  '｜x',
])('a cell that a spreadsheet would run is text: %j', (text) => {
  expect(csvRecord([text])).toBe(`"'${text}"\r\n`);
});

test.each(['1-2', 'a=b', 'ada@example.com', ' plain', ''])('a harmless cell is unchanged: %j', (text) => {
  expect(csvRecord([text])).toBe(`"${text}"\r\n`);
});
