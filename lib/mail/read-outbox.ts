import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Stored = z.object({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  sentAt: z.string(),
});
type StoredMail = z.output<typeof Stored>;

/** Emails in the outbox folder, newest first. Empty if the folder doesn't exist yet. */
export async function readOutbox(folder: string, limit = 50): Promise<StoredMail[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const newest = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse()
    .slice(0, limit);
  return Promise.all(
    newest.map(async (name) => Stored.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
}
