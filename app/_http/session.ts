import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { getToken } from 'next-auth/jwt';
import { cache } from 'react';
import { database } from '#db/client.ts';
import { findMember, type Member, needsTwoFactor, type User } from '#lib/access/member.ts';
import { asOperator, type Operator } from '#lib/access/operator.ts';
import { findSession } from '#lib/access/session.ts';
import { sessionToken, usesSecureCookies } from '#lib/accounts/auth-options.ts';
import { readSettings } from '#lib/env.ts';
import { recordVisit } from '#lib/members/record-visit.ts';
import { readSuspension, SuspensionOf } from '#lib/teams/read-suspension.ts';
import { browserAddress } from './origin.ts';

/** The session token in this browser's cookie, if next-auth sealed it and it hasn't expired. Not looked up yet. */
export async function cookieToken(): Promise<string | null> {
  const settings = readSettings();
  const jar = await cookies();
  const request = {
    cookies: Object.fromEntries(jar.getAll().map(({ name, value }) => [name, value])),
    headers: {}, // Empty, so that an `Authorization` header can't replace the cookie.
  };
  // next-auth's type is a whole request, but it reads only these two fields.
  const cookie = await getToken({
    req: request as never,
    secret: settings.authSecret,
    secureCookie: usesSecureCookies(settings),
  });
  return sessionToken(cookie);
}

/** The signed-in user, verified against the sessions table on every request; null without a session. */
export const currentUser = cache(async (): Promise<User | null> => {
  const token = await cookieToken();
  return token ? findSession(database(), token, await browserAddress()) : null;
});

/** The signed-in user. Redirects everyone else to the sign-in page. */
export async function requireUser(): Promise<User> {
  return (await currentUser()) ?? redirect('/sign-in');
}

/**
 * The signed-in user as a member of a team, with the visit recorded. Another team looks absent. A team that suspended the
 * user or requires two-factor authentication shows why.
 */
export const requireMember = cache(
  async (slug: string): Promise<Member> => memberOf(await requireUser(), slug),
);

/** The same for a user who is already known. */
export async function memberOf(user: User, slug: string): Promise<Member> {
  const member = await findMember(database(), user, slug);
  if (member) {
    await recordVisit(database(), user, member);
    return member;
  }
  const of = SuspensionOf.safeParse({ slug });
  if (of.success && (await readSuspension({ db: database(), user }, of.data))) redirect(`/suspended/${slug}`);
  if (await needsTwoFactor(database(), user, slug)) redirect(`/account/two-factor?team=${slug}`);
  notFound();
}

/**
 * The signed-in user as operator. To anyone else the pages don't exist; in production, an operator without two-factor
 * authentication is sent to set it up.
 */
export async function requireOperator(): Promise<Operator> {
  return operatorOf(await requireUser());
}

export function operatorOf(user: User): Operator {
  const requiresTwoFactor = readSettings().isProduction;
  const operator = asOperator(user, { requiresTwoFactor });
  if (operator) return operator;
  if (asOperator(user)) redirect('/account/two-factor?operator=1');
  notFound();
}
