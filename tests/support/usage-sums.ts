import type { Db } from '#db/client.ts';
import { usageDays, usageMinutes } from '#db/schema/usage.ts';

type Key = {
  id: string;
  teamId: string;
  applicationId: string;
  memberId: string | null;
  environment: 'development' | 'staging' | 'production';
};
type Sums = Partial<typeof usageMinutes.$inferInsert>;

const row = (key: Key, bucket: Date, sums: Sums) => ({
  ...{ bucket, teamId: key.teamId, applicationId: key.applicationId, credentialId: key.id },
  ...{ memberId: key.memberId, environment: key.environment, outcome: 'answered' as const },
  ...{ calls: 1, counted: 0, errors: 0, refused: 0, bytesIn: 0, bytesOut: 0 },
  latency: '0',
  ...sums,
});

/** A key's sums for the minute this many minutes before a given time. */
export async function aMinute(db: Db, key: Key, at: Date, minutesAgo: number, sums: Sums): Promise<void> {
  const bucket = new Date(Math.floor((at.getTime() - minutesAgo * 60_000) / 60_000) * 60_000);
  await db.insert(usageMinutes).values(row(key, bucket, sums));
}

/** A key's sums for the UTC day this many days before a given time. */
export async function aWholeDay(db: Db, key: Key, at: Date, daysAgo: number, sums: Sums): Promise<void> {
  const bucket = new Date(Math.floor(at.getTime() / 86_400_000 - daysAgo) * 86_400_000);
  await db.insert(usageDays).values(row(key, bucket, sums));
}
