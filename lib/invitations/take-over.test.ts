import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { recoveryCodes, users } from '#db/schema/accounts.ts';
import { invitations, members } from '#db/schema/teams.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { signIn } from '#lib/accounts/sign-in.ts';
import { SignUp, signUp } from '#lib/accounts/sign-up.ts';
import { verifyEmail } from '#lib/accounts/verify-email.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { anInvitation, mailsOf, tokenOfLink } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { AcceptAsNewPerson, acceptAsNewPerson, acceptInvitation } from './accept-invitation.ts';
import { copyInvitationLink } from './copy-invitation-link.ts';
import { findInvitation } from './find-invitation.ts';

/** A stranger signs up with somebody's address before they are invited. */

const HERE = { ip: null, userAgent: 'Grace' };
const password = 'sunlit harbour ninety geese';
const newPerson = (token: string) => AcceptAsNewPerson.parse({ token, name: ' Grace Hopper ', password });

const stranger = { ip: '203.0.113.5', userAgent: 'Stranger' };
const aStranger = async (db: Db) => {
  const email = `victim-${crypto.randomUUID()}@example.com`;
  const chosen = 'a password of the stranger';
  await signUp({ db, settings }, SignUp.parse({ name: 'Mallory', email, password: chosen }));
  const signedIn = await signIn({ db, origin: stranger, settings }, { email, password: chosen });
  if (!signedIn.ok) throw new Error(signedIn.reason);
  const [user] = await db.select().from(users).where(eq(users.email, email));
  await db
    .update(users)
    .set({ totpSealed: 'sealed', totpConfirmedAt: new Date(), totpLastStep: 1 })
    .where(eq(users.id, user!.id));
  await db.insert(recoveryCodes).values({ userId: user!.id, codeDigest: new Uint8Array(32) });
  return { email, chosen, ...signedIn, userId: user!.id };
};

test(
  'the emailed link sets a new password, and nothing of the stranger’s is left',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { email, chosen, token: session, device, userId } = await aStranger(db);
    const { token } = await anInvitation(db, inviter, { email });

    expect(await findInvitation({ db, user: null, settings }, { token })).toMatchObject({
      state: 'new_person',
    });
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(token))).toEqual({
      ...{ ok: true, slug: inviter.teamSlug, email },
    });

    expect(await db.select().from(users).where(eq(users.email, email))).toMatchObject([
      {
        ...{ id: userId, name: 'Grace Hopper', emailVerifiedAt: expect.any(Date) },
        ...{ totpSealed: null, totpConfirmedAt: null },
      },
    ]);
    expect(await db.$count(recoveryCodes, eq(recoveryCodes.userId, userId))).toBe(0);
    expect(await findSession(db, session, null)).toBeNull();
    for (const origin of [stranger, { ...stranger, ip: null }])
      expect(await signIn({ db, origin, settings, device }, { email, password: chosen })).toEqual({
        ...{ ok: false, reason: 'refused' },
      });
    const [{ props } = { props: { link: '' } }] = (await mailsOf(db, 'verify-email')).slice(-1);
    expect(await verifyEmail({ db, settings }, { token: tokenOfLink(props.link) })).toMatchObject({
      ok: false,
    });
    expect(
      await signIn({ db, origin: { ip: null, userAgent: 'Grace' }, settings }, { email, password }),
    ).toMatchObject({ ok: true });
    const audit = await auditTrail(db);
    expect(audit.find(({ action }) => action === 'account.claim')).toMatchObject({
      ...{ actor: 'system', subjectId: userId, after: { email, name: 'Grace Hopper' } },
    });
  }),
);

test(
  'a copied link takes over nothing: it doesn’t prove who reads the mailbox',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { email, token: session } = await aStranger(db);
    const { id } = await anInvitation(db, inviter, { email });
    const copied = await copyInvitationLink({ db, member: inviter, settings }, { invitationId: id });
    if (!copied.ok) throw new Error(copied.reason);
    const token = tokenOfLink(copied.link);

    expect(await findInvitation({ db, user: null, settings }, { token })).toMatchObject({
      state: 'sign_in',
    });
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(token))).toEqual({
      ...{ ok: false, reason: 'account_exists' },
    });
    expect(await findSession(db, session, null)).toMatchObject({ email, name: 'Mallory' });
  }),
);

test(
  'a verified account, a suspended member and a used link stay as they are',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const verified = await aUser(db);
    const { token } = await anInvitation(db, inviter, { email: verified.email });
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(token))).toMatchObject({
      reason: 'account_exists',
    });

    const { email, userId } = await aStranger(db);
    const second = await anInvitation(db, inviter, { email });
    await db.insert(members).values({ teamId: inviter.teamId, userId, role: 'member', status: 'suspended' });
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(second.token))).toMatchObject({
      reason: 'account_exists',
    });
    await db.update(invitations).set({ acceptedAt: new Date() });
    await db.delete(members).where(eq(members.userId, userId));
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(second.token))).toEqual({
      ...{ ok: false, reason: 'unusable' },
    });
    expect(await db.select().from(users).where(eq(users.id, userId))).toMatchObject([{ name: 'Mallory' }]);
  }),
);

test(
  'whoever is signed in to an unverified account stays signed in on accepting',
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });
    const [here, elsewhere] = await Promise.all([
      openSession(db, user.userId, HERE),
      openSession(db, user.userId, HERE),
    ]);
    const signedIn = await findSession(db, here, null);
    const { token } = await anInvitation(db, await aMember(db, 'owner'), { email: user.email });

    expect(await acceptInvitation({ db, user: signedIn!, settings }, { token })).toMatchObject({ ok: true });

    expect(await findSession(db, here, null)).toMatchObject({ emailVerified: true });
    expect(await findSession(db, elsewhere, null)).toBeNull();
  }),
);
