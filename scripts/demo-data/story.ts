import type { Queryable } from '#db/client.ts';
import type { AuditAction } from '#db/schema/audit.ts';
import { credentialExposures, credentialReminders } from '#db/schema/credentials.ts';
import { incidentEvents, incidents } from '#db/schema/incidents.ts';
import { notifications } from '#db/schema/notifications.ts';
import { describeReason } from '#lib/refusals/reasons.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { type Calendar, DAY_MS, idAt } from './calendar.ts';
import type { Key, Keys } from './keys.ts';
import type { Person, Team } from './team.ts';

const PLACE = 'https://git.example/skippers/logbook/blob/main/settings.yml';

/** A rotation, a pause, a leak with its incident, and the notifications about them. */
export async function seedStory(db: Queryable, { at }: Calendar, team: Team, keys: Keys): Promise<void> {
  const { admin } = team.people;
  const act = (
    key: Key,
    when: Date,
    by: Person | 'system',
    action: AuditAction,
    after: Record<string, unknown> = {},
  ) =>
    team.trail.add({
      ...{ at: when, by, action, subject: { kind: 'credential' as const, id: key.keyId } },
      after: { name: key.name, ...after },
    });
  act(keys.night, at(83, 10), admin, 'credential.restrict', { allowedIps: ['203.0.113.16/28'] });
  act(keys.noor, at(60, 10), team.people.owner, 'credential.edit', { dailyLimit: 60 });
  act(keys.load, at(12, 16), admin, 'credential.pause');
  act(keys.buoys, at(2, 15), admin, 'credential.rotate', {
    overlap: '7d',
    replacedBy: keys.buoysNext.keyId,
  });
  act(keys.log, at(20, 9.2), 'system', 'credential.expose', { source: 'secret_scanning', place: PLACE });
  act(keys.log, at(20, 9.2), 'system', 'credential.revoke', {
    because: 'exposed',
    source: 'secret_scanning',
  });
  const exposure = { id: idAt(at(20, 9.2)), teamId: team.id, credentialId: keys.log.id };
  await db.insert(credentialExposures).values({
    ...{ ...exposure, source: 'secret_scanning', place: PLACE },
    ...{ foundAt: at(20, 9.2), revoked: true },
  });
  await seedIncident(db, at, team, keys);
  // This key's expiry email was sent five days ago. The email about the next one is sent when the portal starts.
  await db.insert(credentialReminders).values({
    ...{ credentialId: keys.workshop.id, kind: 'expired' },
    ...{ endsAt: at(5, 10), sentAt: at(5, 10.1) },
  });
  await seedNotifications(db, at, team, keys, exposure.id);
}

async function seedIncident(
  db: Queryable,
  at: Calendar['at'],
  team: Team,
  { log, logNext }: Keys,
): Promise<void> {
  const { admin, owner } = team.people;
  const publicId = `inc_${randomBase62(16)}`;
  const reason = 'A settings file of the logbook was public from 06:00 to 09:00.';
  const [incident] = await db
    .insert(incidents)
    .values({
      ...{ id: idAt(at(20, 9.5)), teamId: team.id, publicId, reason },
      ...{
        credentialId: log.id,
        successorId: logNext.id,
        openedBy: admin.memberId,
        closedBy: owner.memberId,
      },
      ...{ openedAt: at(20, 9.5), revokedAt: at(20, 9.2), replacedAt: at(20, 9.6) },
      ...{ monitorUntil: new Date(at(20, 9.5).getTime() + 7 * DAY_MS), reportedAt: at(19, 10) },
      closedAt: at(13, 10),
    })
    .returning({ id: incidents.id });
  const summary =
    'The file is removed from the repository and its history. All boats use the new key, which only works from two IP addresses.';
  const subject = { kind: 'incident' as const, id: publicId };
  const steps = [
    ['opened', at(20, 9.5), admin, reason, 'incident.open', { key: log.name, keyId: log.keyId }],
    ['revoked', at(20, 9.5), admin, 'The key was already revoked.', null, {}],
    [
      ...(['replaced', at(20, 9.6), admin, `Replaced by “${logNext.name}”.`] as const),
      ...(['incident.replace', { replacedBy: logNext.keyId }] as const),
    ],
    ['updated', at(20, 11), admin, '', 'incident.update', {}],
    [
      ...(['note', at(20, 11.2), admin, 'We don’t know 203.0.113.77. It only read the weather.'] as const),
      ...(['incident.note', {}] as const),
    ],
    ['reported', at(19, 10), owner, '', 'incident.report', {}],
    ['closed', at(13, 10), owner, summary, 'incident.close', {}],
  ] as const;
  await db.insert(incidentEvents).values(
    steps.map(([step, when, by, text]) => ({
      ...{ id: idAt(when), teamId: team.id, incidentId: incident!.id },
      ...{ step, text, memberId: by.memberId, at: when },
    })),
  );
  for (const [, when, by, , action, after] of steps)
    if (action) team.trail.add({ at: when, by, action, subject, after });
}

/** Notifications of the owner and the admin. The latest are unread. */
async function seedNotifications(
  db: Queryable,
  at: Calendar['at'],
  team: Team,
  { log, workshop, noor }: Keys,
  exposureId: string,
): Promise<void> {
  const dayOf = (date: Date) => date.toISOString().slice(0, 10);
  const pathOf = (key: Key) => `/api-keys/${key.keyId}`;
  const expired =
    'Requests with this key are rejected. Rotate the key or create a new one, then update your applications.';
  const events = [
    {
      ...{ kind: 'exposure' as const, at: at(20, 9.2), cause: `exposure:${exposureId}`, path: pathOf(log) },
      ...{ title: `“${log.name}” was found and is revoked`, body: `Found by secret scanning: ${PLACE}` },
    },
    {
      ...{
        kind: 'refusals' as const,
        at: at(16, 19.5),
        title: `Requests with the key “${noor.name}” are rejected`,
      },
      body: `14 requests were rejected, for the first time in 7 days: ${describeReason('key_limit_exceeded')}`,
      cause: `refused:${noor.keyId}:key_limit_exceeded:${dayOf(at(16))}`,
      path: `/logs?key=${noor.keyId}&status=refused`,
    },
    {
      ...{
        kind: 'errors' as const,
        at: at(9, 14.25),
        cause: `errors:${dayOf(at(9))}`,
        path: '/logs?status=5xx',
      },
      title: '95.6% of requests in Harbour Labs are failing',
      body: '65 of 68 requests failed in the last 15 minutes. In the 24 hours before, the error rate was 1.7%.',
    },
    {
      ...{
        kind: 'expiry' as const,
        at: at(5, 10.02),
        title: `The key “${workshop.name}” has expired`,
        body: expired,
      },
      ...{ cause: `ended:${workshop.keyId}:${at(5, 10).toISOString()}`, path: pathOf(workshop) },
    },
    {
      ...{
        kind: 'refusals' as const,
        at: at(5, 10.4),
        title: `Requests with the key “${workshop.name}” are rejected`,
      },
      body: `1 request was rejected, for the first time in 7 days: ${describeReason('credential_expired')}`,
      cause: `refused:${workshop.keyId}:credential_expired:${dayOf(at(5))}`,
      path: `/logs?key=${workshop.keyId}&status=refused`,
    },
  ];
  const { owner, admin } = team.people;
  await db.insert(notifications).values(
    events.flatMap(({ path, ...one }) =>
      [owner, admin].map(({ memberId }) => ({
        ...{ ...one, id: idAt(one.at), teamId: team.id, memberId, href: `/t/${team.slug}${path}` },
        readAt: one.at < at(8) ? new Date(one.at.getTime() + DAY_MS / 4) : null,
      })),
    ),
  );
}
