import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import type { Settings } from '#lib/access/settings.ts';
import { enqueueMail, type MailProps } from '#lib/mail/enqueue.ts';
import { type Environment, sharedKeyOf } from './format.ts';

/** In hours: a day in a session's time zone can have 23 or 25. */
const STAGES = sql`(values ('expired', 0), ('expires_1', 24), ('expires_7', 168), ('expires_14', 336))`;
/** Older expirations are not reported: reminders were off for a week, or the feature is new here. */
const PAST = sql`interval '168 hours'`;

/** When a key stops working: at its expiration, or earlier after a rotation. */
const endsAt = sql`least(c.expires_at, c.retires_at)`;

/**
 * Keys that expire soon or have expired: without those whose successor works, and without archived apps and deleted
 * teams. Each with the most urgent stage it has reached; earlier stages that were missed are skipped.
 */
const due = sql`
  select c.id, c.team_id, stage.kind, ${endsAt} as ends_at
  from credentials c
  join applications a on a.id = c.application_id and a.archived_at is null
  join teams t on t.id = c.team_id and t.deleted_at is null
  left join credentials s on s.id = c.successor_id
  cross join lateral (
    select kind from ${STAGES} as stage (kind, hours)
    where ${endsAt} <= now() + make_interval(hours => hours) order by hours limit 1) as stage
  where c.status <> 'revoked' and ${endsAt} > now() - ${PAST}
    and (s.id is null or s.status = 'revoked' or least(s.expires_at, s.retires_at) <= now())
    and not exists (select 1 from credential_reminders r
      where r.credential_id = c.id and r.kind = stage.kind and r.ends_at = ${endsAt})`;

/**
 * Emails that keys expire soon or have expired: owners and admins about all keys, members about their own. Once per
 * stage and expiration date, even if several processes run this. Returns how many emails about how many keys.
 */
export async function remindExpiry({
  db,
  settings,
}: {
  db: Queryable;
  settings: Settings;
}): Promise<{ emails: number; keys: number }> {
  const waiting = await db.execute<{ id: string }>(sql`select distinct team_id as id from (${due}) as due`);
  const sums = { emails: 0, keys: 0 };
  for (const { id } of waiting) {
    const sent = await remindTeam({ db, settings }, id);
    sums.emails += sent.emails;
    sums.keys += sent.keys;
  }
  return sums;
}

type Key = {
  memberId: string | null;
  name: string;
  keyId: string;
  environment: Environment;
  application: string;
  endsAt: Date;
  ended: boolean;
};

function remindTeam(
  { db, settings }: { db: Queryable; settings: Settings },
  teamId: string,
): Promise<{ emails: number; keys: number }> {
  return db.transaction(async (tx) => {
    // The insert is the claim: a second run waits for the first, then finds the row.
    const rows = await tx.execute<Omit<Key, 'endsAt'> & { endsAt: string }>(sql`
      with claimed as (
        insert into credential_reminders (credential_id, kind, ends_at)
        select id, kind, ends_at from (${due} and c.team_id = ${teamId}) as due order by id
        on conflict do nothing returning credential_id, ends_at)
      select c.member_id as "memberId", c.name, c.key_id as "keyId", c.environment, a.title as application,
        claimed.ends_at as "endsAt", claimed.ends_at <= now() as ended
      from claimed join credentials c on c.id = claimed.credential_id
      join applications a on a.id = c.application_id
      order by claimed.ends_at, c.name`);
    const keys = rows.map((row) => ({ ...row, endsAt: new Date(row.endsAt) }));
    if (keys.length === 0) return { emails: 0, keys: 0 };

    let emails = 0;
    const team = await readTeam(tx, teamId);
    for (const person of await readPeople(tx, teamId)) {
      const visible = person.role === 'member' ? keys.filter((key) => key.memberId === person.id) : keys;
      if (visible.length === 0) continue;
      emails++;
      const props = propsOf(settings.portalUrl, person, team, visible);
      await enqueueMail({ db: tx, settings }, { to: person.email, template: 'key-expiring', props });
    }
    return { emails, keys: keys.length };
  });
}

async function readTeam(tx: Queryable, teamId: string) {
  const [team] = await tx
    .select({ name: teams.name, slug: teams.slug })
    .from(teams)
    .where(sql`${teams.id} = ${teamId}`);
  return team!; // The claim has just read it.
}

type Person = { id: string; role: 'owner' | 'admin' | 'member'; name: string; email: string };

/** The active members who have not turned these emails off. */
function readPeople(tx: Queryable, teamId: string) {
  return tx.execute<Person>(sql`
    select m.id, m.role, u.name, u.email from members m join users u on u.id = m.user_id
    where m.team_id = ${teamId} and m.status = 'active' and not exists (
      select 1 from notification_settings n where n.member_id = m.id and n.kind = 'expiry' and not n.mailed)
    order by m.id`);
}

function propsOf(
  portalUrl: string,
  person: Person,
  team: { name: string; slug: string },
  keys: Key[],
): MailProps['key-expiring'] {
  const base = `${portalUrl}/t/${team.slug}/api-keys`;
  const listed = keys.map(({ name, keyId, environment, application, endsAt, ended }) => ({
    ...{ name, environment, application, ended },
    sharedKey: sharedKeyOf(environment, keyId),
    endsAt: endsAt.toISOString(),
    link: `${base}/${keyId}/rotation`,
  }));
  return {
    name: person.name,
    team: team.name,
    keys: listed,
    link: listed.length === 1 ? listed[0]!.link : base,
    why: person.role === 'member' ? 'it’s your API key' : `you’re an ${person.role} of this team`,
  };
}
