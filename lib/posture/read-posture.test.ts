import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { members, membershipReviews, teams } from '#db/schema/teams.ts';
import { usageClients, usageDaily, usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { pauseCredential } from '#lib/credentials/pause-credential.ts';
import { revokeCredential } from '#lib/credentials/revoke-credential.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import type { Finding } from './finding.ts';
import { readPosture } from './read-posture.ts';
import { FINDING_KINDS, type FindingKind, ruleOf } from './rules.ts';

type Key = Awaited<ReturnType<typeof aCredential>>;
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/** A team without findings: one owner and an app. */
async function aScene(db: Db, values: Partial<typeof teams.$inferInsert> = {}) {
  const owner = await aMember(db, 'owner', await aTeam(db, { requiresTwoFactor: true, ...values }));
  await db.update(users).set({ totpConfirmedAt: new Date() }).where(eq(users.id, owner.userId));
  return { owner, app: await anApplication(db, owner) };
}
type Scene = Awaited<ReturnType<typeof aScene>>;

/** A key without findings: restricted and not too old. */
const aKey = (db: Db, { app }: Scene, values: Partial<typeof credentials.$inferInsert> = {}) =>
  aCredential(db, app, {
    ...{ environment: 'production', createdAt: ago(20), expiresAt: ago(-60), allowedIps: ['203.0.113.0/24'] },
    ...values,
  });

/** Requests of a key at one time, in the log and in the rollups. */
async function calls(
  db: Db,
  key: Key,
  at: Date,
  { ip = '203.0.113.7', agent = 'client/1', refused = false, n = 3 } = {},
) {
  const { id: credentialId, teamId, applicationId } = key;
  const day = dayOf(at);
  await db
    .insert(usageDaily)
    .values({
      ...{ teamId, applicationId, credentialId, day, lastAt: at },
      ...(refused ? { refused: n } : { requests: n, lastUsedAt: at }),
    })
    .onConflictDoNothing();
  await db.insert(usageClients).values({
    ...{
      teamId,
      credentialId,
      day,
      clientIp: ip,
      calls: n,
      refused: refused ? n : 0,
      firstAt: at,
      lastAt: at,
    },
  });
  await db.insert(usageRecords).values({
    ...{ id: v7({ msecs: at.getTime() }), at, day, teamId, applicationId, credentialId },
    ...{ environment: key.environment, method: 'GET', path: '/', counted: !refused },
    ...{ outcome: refused ? ('refused' as const) : ('answered' as const), clientIp: ip, userAgent: agent },
    nodeId: v7(),
  });
}

const found = async (db: Db, member: Member) => (await readPosture({ db, member })).findings;
const kinds = (findings: Finding[]) => findings.map(({ kind }) => kind).sort();
const text = ({ evidence }: Finding) =>
  evidence.map((part) => (part instanceof Date ? dayOf(part) : part)).join('');

/** For each finding about a key: how it arises, its evidence, and what resolves it. */
const cases: {
  kind: FindingKind;
  make: (db: Db, scene: Scene) => Promise<Key>;
  says: RegExp;
  severity: string;
  resolve?: (db: Db, key: Key, owner: Member) => Promise<unknown>;
}[] = [
  {
    kind: 'exposed_key',
    severity: 'critical',
    make: async (db, scene) => {
      const key = await aKey(db, scene, { exposedAt: ago(1) });
      await db.insert(credentialExposures).values({
        ...{
          teamId: key.teamId,
          credentialId: key.id,
          source: 'secret_scanning',
          place: 'https://git.example/x',
        },
      });
      return key;
    },
    says: /^Found by secret scanning \(https:\/\/git\.example\/x\)\. First seen \d/,
  },
  {
    kind: 'expires_soon',
    severity: 'medium',
    make: (db, scene) => aKey(db, scene, { expiresAt: ago(-6) }),
    says: /^Expires \d{4}-\d\d-\d\d\. Never used\.$/,
    resolve: (db, key) =>
      db
        .update(credentials)
        .set({ expiresAt: ago(-30) })
        .where(eq(credentials.id, key.id)),
  },
  {
    kind: 'expired_called',
    severity: 'high',
    make: async (db, scene) => {
      const key = await aKey(db, scene, { expiresAt: ago(3) });
      await calls(db, key, ago(2), { refused: true, n: 41 });
      await calls(db, key, ago(40), { refused: true, n: 7 });
      return key;
    },
    says: /41 requests rejected since then, most recently [\d-]+, from 203\.0\.113\.7\.$/,
  },
  {
    kind: 'rotation_overdue',
    severity: 'medium',
    make: async (db, scene) => {
      const key = await aKey(db, scene, { createdAt: ago(91.5) });
      await calls(db, key, ago(1));
      return key;
    },
    says: /, 91 days ago\. Your rotation period for production is 90 days\.$/,
    resolve: async (db, key, owner) => {
      const app = { id: key.applicationId, teamId: key.teamId };
      const next = await aKey(db, { owner, app: app as Scene['app'] });
      await calls(db, next, ago(1));
      const rotated = { successorId: next.id, rotatedAt: new Date() };
      return db.update(credentials).set(rotated).where(eq(credentials.id, key.id));
    },
  },
  {
    kind: 'unused',
    severity: 'low',
    make: (db, scene) => aKey(db, scene, { createdAt: ago(31.5) }),
    says: /^Never used\. Created \d{4}-\d\d-\d\d, 31 days ago\.$/,
    resolve: (db, { keyId }, owner) => pauseCredential({ db, member: owner }, { keyId }),
  },
  {
    kind: 'production_on_page',
    severity: 'high',
    make: (db, scene) =>
      aKey(db, scene, {
        pageUsedAt: ago(2),
        pageOrigin: 'https://shop.example.com',
        allowedDomains: ['shop.example.com'],
      }),
    says: /^Sent by a browser from https:\/\/shop\.example\.com, most recently [\d-]+\.$/,
    resolve: (db, { keyId }, owner) => pauseCredential({ db, member: owner }, { keyId }),
  },
  {
    kind: 'production_without_ip',
    severity: 'medium',
    make: (db, scene) => aKey(db, scene, { allowedIps: [] }),
    says: /^No allowed IP addresses\. Never used\.$/,
    resolve: (db, key) =>
      db
        .update(credentials)
        .set({ allowedIps: ['192.0.2.1'] })
        .where(eq(credentials.id, key.id)),
  },
  {
    kind: 'production_without_expiry',
    severity: 'low',
    make: (db, scene) => aKey(db, scene, { expiresAt: null }),
    says: /^No expiration date\. Created /,
    resolve: (db, key) =>
      db
        .update(credentials)
        .set({ expiresAt: ago(-90) })
        .where(eq(credentials.id, key.id)),
  },
];

test.each(cases)(
  '$kind is found with its evidence, by managers only, and can be resolved',
  ({ kind, make, says, severity, resolve }) =>
    withDb(async (db) => {
      const scene = await aScene(db);
      const key = await make(db, scene);
      const other = await aScene(db);

      const findings = await found(db, scene.owner);
      expect(kinds(findings)).toEqual([kind]);
      expect(findings[0]).toMatchObject({ severity, subjectId: key.id, subject: { keyId: key.keyId } });
      expect(text(findings[0]!)).toMatch(says);
      expect(findings[0]!.since.getTime()).toBeLessThan(Date.now());
      expect(findings[0]!.fixes.length).toBeGreaterThan(0);
      const { score } = await readPosture({ db, member: scene.owner });
      expect(score).toBe(100 - ruleOf(kind).weight);

      expect(await found(db, other.owner)).toEqual([]);
      expect(await found(db, await aMember(db, 'member', scene.owner))).toEqual([]);

      const { keyId } = key;
      await (resolve
        ? resolve(db, key, scene.owner)
        : revokeCredential({ db, member: scene.owner }, { keyId }));
      const left = await found(db, scene.owner);
      expect(left.filter((one) => one.kind === kind && one.subjectId === key.id)).toEqual([]);
    })(),
);

test(
  'thresholds: 14, 7 and 1 days to expiration, 30 and 90 days unused, the rotation period of each environment',
  withDb(async (db) => {
    const scene = await aScene(db, { rotationDaysStaging: 10 });
    const key = await aKey(db, scene);
    const judged = async (values: Record<string, unknown>) => {
      await db.update(credentials).set(values).where(eq(credentials.id, key.id));
      return (await found(db, scene.owner)).map(({ kind, severity }) => `${kind} ${severity}`);
    };
    const left = (hours: number) => ({ expiresAt: sql`now() + make_interval(hours => ${hours})` });
    expect(await judged({ expiresAt: sql`now() + interval '336 hours 1 second'` })).toEqual([]);
    expect(await judged(left(336))).toEqual(['expires_soon low']);
    expect(await judged(left(168))).toEqual(['expires_soon medium']);
    expect(await judged(left(24))).toEqual(['expires_soon high']);
    expect(await judged(left(0))).toEqual([]); // Expired and not in use.

    const made = (days: number) => ({
      ...left(2_000),
      createdAt: sql`now() - make_interval(hours => ${days * 24})`,
    });
    expect(await judged({ ...made(29) })).toEqual([]);
    expect(await judged({ ...made(30) })).toEqual(['unused low']);
    expect(await judged({ ...made(90) })).toEqual(['rotation_overdue medium', 'unused medium']);
    expect(await judged({ ...made(180) })).toEqual(['rotation_overdue high', 'unused medium']);
    expect(await judged({ ...made(180), environment: 'development' })).toEqual(['unused medium']);
    expect(await judged({ ...made(10), environment: 'staging' })).toEqual(['rotation_overdue medium']);
  }),
);

test(
  'revoked, paused and replaced keys and keys of archived apps have no findings',
  withDb(async (db) => {
    const scene = await aScene(db);
    const bad = { allowedIps: [], expiresAt: null, createdAt: ago(200) };
    await aKey(db, scene, { ...bad, status: 'revoked', revokedAt: new Date(), exposedAt: ago(1) });
    await aKey(db, scene, { ...bad, status: 'paused' });
    const next = await aKey(db, scene);
    await aKey(db, scene, { ...bad, successorId: next.id, rotatedAt: new Date(), retiresAt: ago(-5) });
    const archived = await anApplication(db, scene.owner, {
      publicId: 'app_archived00000000',
      archivedAt: ago(1),
    });
    await aCredential(db, archived, { ...bad, environment: 'production' });

    expect(await found(db, scene.owner)).toEqual([]);
    // An exposed key is found even if it is paused.
    await aKey(db, scene, { exposedAt: ago(1), status: 'paused' });
    expect(kinds(await found(db, scene.owner))).toEqual(['exposed_key']);
  }),
);

test(
  'the same client on Development and Production is found by address and user agent',
  withDb(async (db) => {
    const scene = await aScene(db);
    const production = await aKey(db, scene);
    const development = await aKey(db, scene, { environment: 'development', name: 'Laptop' });
    await calls(db, production, ago(2), { agent: 'server/2' });
    await calls(db, development, ago(3), { agent: 'curl/8' });
    expect(await found(db, scene.owner)).toEqual([]); // Same office, different programs.

    await calls(db, development, ago(1), { agent: 'server/2' });
    const findings = await found(db, scene.owner);
    expect(kinds(findings)).toEqual(['shared_client']);
    expect(findings[0]).toMatchObject({ subjectId: production.id });
    expect(text(findings[0]!)).toMatch(/^203\.0\.113\.7 \(server\/2\) uses both this key and “Laptop”/);

    await pauseCredential({ db, member: scene.owner }, { keyId: development.keyId });
    expect(await found(db, scene.owner)).toEqual([]);
  }),
);

test(
  'clients that share nothing within a week, or whose requests were rejected, have no findings',
  withDb(async (db) => {
    const scene = await aScene(db);
    const production = await aKey(db, scene);
    const development = await aKey(db, scene, { environment: 'development' });
    await calls(db, production, ago(9));
    await calls(db, development, ago(9));
    await calls(db, production, ago(2));
    await calls(db, development, ago(1), { refused: true });
    expect(await found(db, scene.owner)).toEqual([]);
  }),
);

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.16.0.9', true],
  ['172.32.0.9', false],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['100.128.0.1', false],
  ['169.254.1.1', true],
  ['::1', true],
  ['fd12:3456::1', true],
  ['fe80::1', true],
  ['2001:db8::1', false],
  ['198.51.100.3', false],
  ['', false],
])('a Production key used from %j is found as private: %s', (ip, isPrivate) =>
  withDb(async (db) => {
    const scene = await aScene(db);
    const key = await aKey(db, scene, { allowedIps: [] });
    await calls(db, key, ago(2), { ip });
    const expected = isPrivate
      ? ['production_from_private', 'production_without_ip']
      : ['production_without_ip'];
    expect(kinds(await found(db, scene.owner))).toEqual(expected);
    if (!isPrivate) return;
    const [, finding] = (await found(db, scene.owner)).sort((a, b) => b.kind.localeCompare(a.kind));
    expect(text(finding!)).toMatch(`3 requests from ${ip} in the last 30 days`);

    await db
      .update(credentials)
      .set({ allowedIps: [ip] })
      .where(eq(credentials.id, key.id));
    expect(await found(db, scene.owner)).toEqual([]); // Explicitly allowed.
  })(),
);

test.each([
  ['203.0.113.9', '203.0.113.200', false],
  ['203.0.113.9', '203.0.114.9', true],
  ['2001:db8:1::1', '2001:db8:1:ffff::1', false],
  ['2001:db8:1::1', '2001:db8:2::1', true],
])('after %s, a first request from %s is from a new network: %s', (known, fresh, isNew) =>
  withDb(async (db) => {
    const scene = await aScene(db);
    const key = await aKey(db, scene, { environment: 'staging', allowedIps: [] });
    await calls(db, key, ago(15), { ip: known });
    expect(await found(db, scene.owner)).toEqual([]);
    await calls(db, key, ago(2), { ip: fresh });

    const findings = await found(db, scene.owner);
    expect(kinds(findings)).toEqual(isNew ? ['new_network'] : []);
    if (isNew) expect(text(findings[0]!)).toContain(`(${fresh})`);
  })(),
);

test(
  'no network is new to a key younger than a week, unused before, or restricted; an old network counts as new again',
  withDb(async (db) => {
    const scene = await aScene(db);
    const open = { environment: 'staging' as const, allowedIps: [] };
    const young = await aKey(db, scene, { ...open, createdAt: ago(6) });
    await calls(db, young, ago(5), { ip: '192.0.2.1' });
    await calls(db, young, ago(2), { ip: '198.51.100.1' });
    await calls(db, await aKey(db, scene, open), ago(2), { ip: '198.51.100.1' });
    const limited = await aKey(db, scene, { ...open, allowedIps: ['0.0.0.0/1'] });
    await calls(db, limited, ago(15), { ip: '192.0.2.1' });
    await calls(db, limited, ago(2), { ip: '198.51.100.1' });
    const refused = await aKey(db, scene, open);
    await calls(db, refused, ago(15), { ip: '192.0.2.1' });
    await calls(db, refused, ago(2), { ip: '198.51.100.1', refused: true });
    expect(await found(db, scene.owner)).toEqual([]);

    const moved = await aKey(db, scene, open);
    await calls(db, moved, ago(35), { ip: '198.51.100.1' });
    await calls(db, moved, ago(20), { ip: '192.0.2.1' });
    await calls(db, moved, ago(2), { ip: '198.51.100.1' });
    expect(kinds(await found(db, scene.owner))).toEqual(['new_network']);
  }),
);

test(
  'a team has findings for missing two-factor authentication, a single owner, an overdue review and inactive members',
  withDb(async (db) => {
    const scene = await aScene(db, { createdAt: ago(100), requiresTwoFactor: false });
    const alone = await found(db, scene.owner);
    expect(alone.map((one) => [one.kind, text(one)])).toEqual([
      ['two_factor_not_required', '1 of 1 active member has set it up.'],
    ]);

    const admin = await aMember(db, 'admin', scene.owner);
    await db
      .update(members)
      .set({ createdAt: ago(95.5), statusAt: ago(95.5) })
      .where(eq(members.id, admin.memberId));
    expect(kinds(await found(db, scene.owner))).toEqual([
      ...['inactive_member', 'review_overdue', 'single_owner', 'two_factor_not_required'],
    ]);
    const findings = await found(db, admin);
    const of = (kind: FindingKind) => text(findings.find((one) => one.kind === kind)!);
    expect(of('single_owner')).toContain('the only owner among 2 active members');
    expect(of('two_factor_not_required')).toBe('1 of 2 active members have set it up.');
    expect(of('review_overdue')).toMatch(/^The first review was due \d/);
    expect(of('inactive_member')).toContain('95 days');

    // Resolve each finding.
    await db.update(members).set({ lastSeenAt: new Date() }).where(eq(members.id, admin.memberId));
    const { teamId, memberId } = scene.owner;
    await db.insert(membershipReviews).values({ teamId, startedBy: memberId, finishedAt: new Date() });
    await db.update(teams).set({ requiresTwoFactor: true }).where(eq(teams.id, teamId));
    await db.update(members).set({ role: 'owner' }).where(eq(members.id, admin.memberId));
    const [left, ...more] = await found(db, scene.owner);
    expect(more).toEqual([]);
    expect(left).toMatchObject({ kind: 'owner_without_two_factor', severity: 'high', fixes: ['see_member'] });
    await db.update(users).set({ totpConfirmedAt: new Date() }).where(eq(users.id, admin.userId));
    expect(await found(db, scene.owner)).toEqual([]);
  }),
);

test(
  'a member sees only findings about their own key, and no score',
  withDb(async (db) => {
    const scene = await aScene(db, { requiresTwoFactor: false });
    const member = await aMember(db, 'member', scene.owner);
    await aKey(db, scene, { expiresAt: ago(-1) });
    const own = await aKey(db, scene, { expiresAt: ago(-1), memberId: member.memberId });

    const posture = await readPosture({ db, member });
    expect(posture.score).toBeNull();
    expect(posture.findings.map(({ subjectId }) => subjectId)).toEqual([own.id]);
    expect(posture.findings[0]!.fixes).toContain('rotate');
    // Only the key's member may see the new secret, so managers can't rotate it.
    const forOwner = (await found(db, scene.owner)).find(({ subjectId }) => subjectId === own.id);
    expect(forOwner!.fixes).not.toContain('rotate');
  }),
);

test(
  'findings are sorted by severity and never contain a secret',
  withDb(async (db) => {
    const scene = await aScene(db);
    const keys = [
      await aKey(db, scene, { allowedIps: [], expiresAt: null }),
      await aKey(db, scene, { exposedAt: ago(1) }),
      await aKey(db, scene, { expiresAt: ago(-0.5) }),
    ];
    const posture = await readPosture({ db, member: scene.owner });
    expect(posture.findings.map(({ severity }) => severity)).toEqual(['critical', 'high', 'medium', 'low']);
    const shown = JSON.stringify(posture);
    for (const { secretKey, secretDigest } of keys) {
      expect(shown).not.toContain(secretKey);
      expect(shown).not.toContain(Buffer.from(secretDigest).toString('hex'));
    }
    await db.update(applications).set({ archivedAt: new Date() });
    expect(await found(db, scene.owner)).toEqual([]);
  }),
);

test('the weights of all rules add up to 100', () => {
  expect(FINDING_KINDS.reduce((sum, kind) => sum + ruleOf(kind).weight, 0)).toBe(100);
});
