import type { Note } from './document-types.ts';

/** Headings for the notes of an import. */
export const TOPICS: Readonly<Record<Note['topic'], string>> = {
  route: 'Same endpoint',
  duplicate: 'Duplicate keys',
  reference: 'Broken references',
  header: 'Headers that aren’t forwarded',
  server: 'Servers that aren’t used',
  schema: 'Doesn’t match the OpenAPI schema',
};
