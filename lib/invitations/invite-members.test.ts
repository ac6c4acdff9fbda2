import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outbox } from '#db/schema/mail.ts';
import { invitations, members } from '#db/schema/teams.ts';
import { throttleEvents } from '#db/schema/throttles.ts';
import { renderMail } from '#emails/render.tsx';
import { Forbidden } from '#lib/access/errors.ts';
import type { Role } from '#lib/access/permissions.ts';
import { digestToken } from '#lib/vault/tokens.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { anInvitation, mailsOf } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { InviteMembers } from './input.ts';
import { inviteMembers } from './invite-members.ts';

const asking = (emails: string[], role: Role = 'member', message = '') =>
  InviteMembers.parse({ people: emails.map((email) => ({ name: 'Grace Guest', email })), role, message });

test(
  'an invitation is stored, emailed and added to the audit log',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');

    const outcomes = await inviteMembers(
      { db, member, settings },
      asking([' Grace@Example.COM '], 'member', 'Hello!\nJoin us.'),
    );

    expect(outcomes).toEqual([{ email: 'grace@example.com', outcome: 'sent' }]);
    const [row] = await db.select().from(invitations);
    const [mail] = await mailsOf(db, 'invitation');
    expect(row).toMatchObject({
      ...{ email: 'grace@example.com', name: 'Grace Guest', role: 'member', message: 'Hello!\nJoin us.' },
      ...{ teamId: member.teamId, invitedBy: member.memberId, generation: 1, mailId: mail?.id },
    });
    expect(row!.expiresAt.getTime() - row!.sentAt.getTime()).toBe(72 * 3_600_000);
    expect(mail).toMatchObject({
      to: 'grace@example.com',
      props: {
        inviter: member.name,
        role: 'Member',
        message: 'Hello!\nJoin us.',
        expiresAt: row!.expiresAt.toISOString(),
      },
    });
    expect(await auditTrail(db)).toMatchObject([
      { action: 'member.invite', subjectId: row!.id, actorMemberId: member.memberId, teamId: member.teamId },
    ]);
  }),
);

test(
  'the token has 256 bits, and the database holds only its digest',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { token, link } = await anInvitation(db, member);

    expect(token).toMatch(/^[\w-]{43}$/);
    expect(link).toBe(`${settings.portalUrl}/invitations/${token}`);
    const [row] = await db.select().from(invitations);
    expect(Buffer.from(row!.tokenDigest).equals(Buffer.from(digestToken(token)))).toBe(true);
    const dump = JSON.stringify([row, await db.select().from(outbox), await auditTrail(db)]);
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
  }),
);

test(
  'each address has its own outcome, in the order given',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const colleague = await aMember(db, 'member', member);
    const suspended = await aMember(db, 'member', member);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, suspended.memberId));
    const removed = await aMember(db, 'member', member);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, removed.memberId));
    const elsewhere = await aMember(db, 'owner');

    const emails = [
      'z@example.com',
      colleague.email,
      'no mailbox',
      'z@example.com',
      suspended.email,
      removed.email,
      elsewhere.email,
    ];
    const outcomes = await inviteMembers({ db, member, settings }, asking(emails));

    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      ...['sent', 'already_member', 'invalid_address', 'already_invited', 'already_member', 'sent', 'sent'],
    ]);
    expect(outcomes.map(({ email }) => email)).toEqual(emails);
    expect((await mailsOf(db, 'invitation')).map(({ to }) => to).sort()).toEqual(
      ['z@example.com', removed.email, elsewhere.email].sort(),
    );
  }),
);

test(
  'neither the outcome nor the email reveals whether an address has an account',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const known = await aUser(db, { email: 'aaaa@example.com' });

    const outcomes = await inviteMembers({ db, member, settings }, asking([known.email, 'bbbb@example.com']));

    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
    const letters = await Promise.all(
      (await mailsOf(db, 'invitation')).map(({ props }) => renderMail('invitation', props)),
    );
    const withoutLink = letters.map(({ text }) => text.replace(/\S*\/invitations\/\S*/g, 'LINK'));
    expect(withoutLink[0]).toBe(withoutLink[1]);
  }),
);

test(
  'an expired invitation is replaced by a new one',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const old = await anInvitation(db, member, { email: 'late@example.com' });
    await db.update(invitations).set({ expiresAt: new Date(0) });

    expect(await inviteMembers({ db, member, settings }, asking(['late@example.com']))).toMatchObject([
      { outcome: 'sent' },
    ]);

    const rows = await db.select().from(invitations);
    expect(rows).toHaveLength(2);
    expect(rows.find(({ id }) => id === old.id)?.cancelledAt).not.toBeNull();
  }),
);

test(
  'only owners invite admins and owners, and members invite nobody',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    const member = await aMember(db, 'member', owner);
    for (const [who, role] of [
      [admin, 'admin'],
      [admin, 'owner'],
      [member, 'member'],
    ] as const)
      await expect(
        inviteMembers({ db, member: who, settings }, asking(['x@example.com'], role)),
      ).rejects.toThrow(Forbidden);
    expect(await db.$count(invitations)).toBe(0);

    for (const role of ['admin', 'owner'] as const)
      expect(
        await inviteMembers({ db, member: owner, settings }, asking([`${role}@example.com`], role)),
      ).toMatchObject([{ outcome: 'sent' }]);
  }),
);

test(
  'the actor’s current role counts',
  withDb(async (db) => {
    const admin = await aMember(db, 'admin');
    await db.update(members).set({ role: 'member' }).where(eq(members.id, admin.memberId));

    await expect(inviteMembers({ db, member: admin, settings }, asking(['x@example.com']))).rejects.toThrow(
      Forbidden,
    );
    expect(await db.$count(outbox)).toBe(0);
  }),
);

test(
  'an address gets at most five invitations an hour, from all teams together',
  withDb(async (db) => {
    const outcomes: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const member = await aMember(db, 'owner');
      outcomes.push(
        (await inviteMembers({ db, member, settings }, asking(['target@example.com'])))[0]?.outcome,
      );
    }
    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent', 'sent', 'too_often', 'too_often']);

    await db.update(throttleEvents).set({ at: new Date(Date.now() - 61 * 60_000) });
    const member = await aMember(db, 'owner');
    expect(await inviteMembers({ db, member, settings }, asking(['target@example.com']))).toMatchObject([
      { outcome: 'sent' },
    ]);
  }),
);

test(
  'a team sends at most 200 invitations a day',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const counts: Record<string, number> = {};
    for (let form = 0; form < 5; form++) {
      const emails = Array.from({ length: 41 }, (_, i) => `p${form}-${i}@example.com`);
      for (const { outcome } of await inviteMembers({ db, member, settings }, asking(emails)))
        counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    expect(counts).toEqual({ sent: 200, too_often: 5 });
    expect(await db.$count(outbox)).toBe(200);

    const another = await aMember(db, 'owner');
    expect(await inviteMembers({ db, member: another, settings }, asking(['x@example.com']))).toMatchObject([
      { outcome: 'sent' },
    ]);
  }),
);

const WRONG = [
  ...[
    '',
    '@',
    'a',
    'a@',
    '@b.de',
    'a@b',
    'a b@example.com',
    'a@exa mple.com',
    '"a"@example.com',
    '"a b"@example.com',
  ],
  ...[
    '"e@attacker.com"@victim.com',
    'e@attacker.com@victim.com',
    'a@example.com,b@example.com',
    'a@example.com;b@example.com',
  ],
  ...[
    'a@example.com b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a\u0000@example.com',
    'a@example.com>',
    '<a@example.com>',
  ],
  ...[
    'Ada <a@example.com>',
    'a(comment)@example.com',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    '.a@example.com',
    'a.@example.com',
  ],
  ...[
    'a..b@example.com',
    'a@-example.com',
    'a@example-.com',
    'a@.example.com',
    'a@example..com',
    'a@example.c',
  ],
  ...[
    'ä@example.com',
    'а@example.com',
    'a@exämple.com',
    'a@example.com\u202e',
    'a\u200b@example.com',
    'a\\@example.com',
  ],
  ...[
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(130)}com`,
    'mailto:a@example.com',
    'a@example.com?cc=b@example.com',
  ],
];

test(
  'an email goes only to a single plain mailbox',
  withDb(async (db) => {
    expect(WRONG.length).toBeGreaterThanOrEqual(40);
    const member = await aMember(db, 'owner');

    const outcomes = await inviteMembers({ db, member, settings }, asking(WRONG));

    expect(outcomes.filter(({ outcome }) => outcome !== 'invalid_address')).toEqual([]);
    expect(await db.$count(outbox)).toBe(0);
    // The full-width form of a letter is that letter.
    expect(await inviteMembers({ db, member, settings }, asking(['ａda@example.com']))).toEqual([
      { email: 'ada@example.com', outcome: 'sent' },
    ]);
  }),
);

test(
  'names and message are plain text: one recipient, one subject line, no markup',
  withDb(async (db) => {
    const member = { ...(await aMember(db, 'owner')), name: 'Eve\r\nBcc: x@evil.example\u202e' };
    const person = { name: '<b>Click</b>\r\nBcc: y', email: 'grace@example.com' };
    const withLink = { ...person, name: '<a href="https://evil.example">Click</a>' };
    expect(InviteMembers.safeParse({ people: [withLink], role: 'member', message: '' }).success).toBe(false);
    const input = InviteMembers.parse({
      people: [person],
      role: 'member',
      message: 'Hi\u202e <img src=https://evil.example/p.png>\r\nBcc: z@evil.example\r\nhttps://evil.example',
    });
    await inviteMembers({ db, member, settings }, input);

    const [mail] = await mailsOf(db, 'invitation');
    expect(mail?.to).toBe('grace@example.com');
    const { subject, html, text } = await renderMail('invitation', mail!.props);
    expect(subject).not.toMatch(/[\r\n\u202e]/);
    expect(html).not.toMatch(/<img|\u202e/);
    expect(html).toContain('&lt;img');
    // Email clients don't turn the text into links: invisible characters break up every web address.
    expect(html).not.toContain('//evil.example');
    expect(text.replaceAll('\u2060', '')).toContain('https://evil.example');
    expect([...html.matchAll(/href="([^"]+)"/g)].map((match) => match[1])).toEqual([mail!.props.link]);
  }),
);

test('a form has one to fifty people, a known role, and at most 500 characters of message', () => {
  const person = { name: 'A', email: 'a@example.com' };
  const parses = (change: object) =>
    InviteMembers.safeParse({ people: [person], role: 'member', message: '', ...change }).success;
  expect(parses({})).toBe(true);
  expect(parses({ message: 'x'.repeat(500) })).toBe(true);
  expect(parses({ message: 'x'.repeat(501) })).toBe(false);
  expect(parses({ people: [] })).toBe(false);
  expect(parses({ people: Array(51).fill(person) })).toBe(false);
  expect(parses({ role: 'operator' })).toBe(false);
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('if twenty invite the same address at once, one is sent; twelve teams together send five', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const same = await Promise.all(
    Array.from({ length: 20 }, () =>
      inviteMembers({ db, member, settings }, asking(['b@example.com', 'a@example.com'])),
    ),
  );
  expect(same.flat().filter(({ outcome }) => outcome === 'sent')).toHaveLength(2);

  const owners = await Promise.all(Array.from({ length: 12 }, () => aMember(db, 'owner')));
  const many = await Promise.all(
    owners.map((each) => inviteMembers({ db, member: each, settings }, asking(['c@example.com']))),
  );
  expect(many.flat().filter(({ outcome }) => outcome === 'sent')).toHaveLength(5);
  expect((await mailsOf(db, 'invitation')).filter(({ to }) => to === 'c@example.com')).toHaveLength(5);
});
