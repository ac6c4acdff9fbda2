import { decode, encode } from 'next-auth/jwt';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '#db/client.ts';
import { sessions } from '#db/schema/accounts.ts';
import { findSession } from '#lib/access/session.ts';
import { describeError } from '#lib/process/describe-error.ts';
import { log } from '#lib/process/log.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { settings } from '#tests/support/settings.ts';
import { aUserWithPassword, aUserWithTwoFactor, PASSWORD } from '#tests/support/two-factor.ts';
// The core of next-auth, called as its adapter for Next calls it. The package doesn't export it.
import { AuthHandler } from '../../node_modules/next-auth/core/index.js';
import { authOptions, sessionToken } from './auth-options.ts';
import { CODE_NEEDED } from './code-needed.ts';
import { totpCode } from './totp.ts';

const PORTAL = 'https://portal.example.com';
const SESSION = '__Secure-next-auth.session-token';
const SECRET = 'k3Jd82nVq0sLzXw7RtYb5MhPf1GcAe9u';
const SETTINGS = { ...settings, portalUrl: PORTAL, authSecret: SECRET };

let own: OwnDatabase;

beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(async () => {
  await own.drop();
});

type Jar = Record<string, string>;
let jar: Jar;
beforeEach(() => {
  jar = {};
});

/** Sends what a browser would send to /api/auth, and keeps the cookies from the response. */
async function send(
  action: 'csrf' | 'callback' | 'session' | 'signout' | 'signin',
  { body, query = {}, db = own.db }: { body?: Record<string, unknown>; query?: Jar; db?: typeof own.db } = {},
) {
  const onUnavailable = vi.fn();
  const device = jar['__Host-latchkey-device'] ?? null;
  const rememberDevice = async (value: string) => {
    jar['__Host-latchkey-device'] = value;
  };
  const formerToken = async () => sessionToken(await readCookie());
  const response = await AuthHandler({
    req: {
      origin: PORTAL,
      action,
      method: body ? 'POST' : 'GET',
      headers: { 'user-agent': 'Browser/1', host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      cookies: jar,
      query,
      ...(action === 'callback' ? { providerId: 'credentials' } : {}),
      ...(body ? { body: { ...body, csrfToken: await csrfToken() } } : {}),
    },
    options: authOptions(
      { db, settings: SETTINGS },
      { ip: '192.0.2.7', formerToken, device, rememberDevice, onUnavailable },
    ),
  });
  for (const { name, value } of response.cookies ?? []) jar[name] = value;
  return response;
}

async function csrfToken(): Promise<string> {
  const name = '__Host-next-auth.csrf-token';
  if (!jar[name]) await send('csrf');
  return jar[name]!.split('|')[0]!;
}

const readCookie = async () => (jar[SESSION] ? decode({ token: jar[SESSION], secret: SECRET }) : null);
const signIn = (given: Record<string, unknown>) => send('callback', { body: given });

test('signing in opens a session with cookies that are Secure, HttpOnly, SameSite=Lax and valid for the whole site', async () => {
  const { email } = await aUserWithPassword(own.db);

  const response = await signIn({ email, password: PASSWORD });

  expect(response.redirect).toBe(`${PORTAL}/`);
  expect(response.cookies?.map(({ name }) => name)).toContain(SESSION);
  expect(Object.keys(jar).every((name) => /^__(Secure|Host)-/.test(name))).toBe(true);
  for (const { name, options } of response.cookies ?? [])
    expect(options, name).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
  const token = sessionToken(await readCookie());
  expect(await findSession(own.db, token!, null)).toMatchObject({ email });
  expect((await send('session')).body).toMatchObject({ user: { email } });
});

test('with two-factor authentication on, the password alone sets no cookie and asks for the code', async () => {
  const at = new Date(Date.now() - 90_000);
  const { user, secret } = await aUserWithTwoFactor(own.db, at);
  const given = { email: user.email, password: PASSWORD };

  const asked = await signIn(given);

  expect(asked.redirect).toBe(`${PORTAL}/sign-in?error=${CODE_NEEDED}`);
  expect(asked.status ?? 200).toBe(200);
  expect(jar[SESSION]).toBeUndefined();
  expect(await signIn({ ...given, code: '000000' })).toMatchObject({ status: 401 });
  await signIn({ ...given, code: totpCode(secret, new Date()) });
  expect((await send('session')).body).toMatchObject({ user: { email: user.email } });
});

test('an unresponsive database is reported as unavailable within five seconds', async () => {
  const { email } = await aUserWithPassword(own.db);
  const error = vi.spyOn(log, 'error').mockImplementation(() => {});
  const hung = connect(own.url, { max: 1 });
  const never = hung.sql`select pg_sleep(8)`.catch(() => {}); // It uses the only connection.
  const start = performance.now();

  const response = await send('callback', { body: { email, password: PASSWORD }, db: hung.db });

  expect(performance.now() - start).toBeLessThan(5_000);
  expect(new URL(response.redirect!, PORTAL).searchParams.get('error')).toBe('Unavailable');
  expect(error).toHaveBeenCalled();
  await hung.sql.end({ timeout: 0 });
  await never;
}, 20_000);

test('known addresses, unknown addresses and invalid passwords get the same response', async () => {
  const { email } = await aUserWithPassword(own.db);
  const responses = [
    await signIn({ email, password: 'a wrong guess of it' }),
    await signIn({ email: 'nobody@example.com', password: 'a wrong guess of it' }),
    await signIn({ email, password: 'x'.repeat(1_000_000) }),
    await signIn({ email: [email], password: { length: 1 } }),
  ];

  expect(new Set(responses.map(({ status, redirect }) => `${status} ${redirect}`)).size).toBe(1);
  expect(responses[0]).toMatchObject({ status: 401 });
});

test('when the database is down, neither the response nor the log reveals any values', async () => {
  const gone = connect('postgres://secret-user:secret-word@127.0.0.1:1/latchkey', { max: 1 });
  const error = vi.spyOn(log, 'error').mockImplementation(() => {});

  const response = await send('callback', {
    body: { email: 'ada@example.com', password: PASSWORD },
    db: gone.db,
  });

  expect(response).toMatchObject({ status: 401 });
  expect(new URL(response.redirect!, PORTAL).searchParams.get('error')).toBe('Unavailable');
  expect(JSON.stringify(response)).not.toMatch(
    /secret-user|secret-word|127\.0\.0\.1|ECONNREFUSED|select|ada@/i,
  );
  expect(error).toHaveBeenCalledOnce();
  const [fields] = error.mock.calls[0]! as unknown as [{ err: unknown }];
  const logged = JSON.stringify(describeError(fields.err));
  expect(logged).toContain('ECONNREFUSED');
  expect(logged).not.toMatch(/secret-user|secret-word|ada@|violet/i);
  await gone.sql.end();
});

test('signing in again opens a new session and ends the previous one of this browser', async () => {
  const { email } = await aUserWithPassword(own.db);
  await signIn({ email, password: PASSWORD });
  const former = sessionToken(await readCookie())!;

  await signIn({ email, password: PASSWORD });

  const fresh = sessionToken(await readCookie())!;
  expect(fresh).not.toBe(former);
  expect(await findSession(own.db, former, null)).toBeNull();
  expect(await findSession(own.db, fresh, null)).toMatchObject({ email });
});

test("a cookie planted before sign-in isn't used", async () => {
  const { email } = await aUserWithPassword(own.db);
  const planted = { sid: 'x'.repeat(43), auth_time: Math.floor(Date.now() / 1000) };
  jar[SESSION] = await encode({ token: planted, secret: SECRET });

  await signIn({ email, password: PASSWORD });

  expect((await readCookie())?.sid).not.toBe(planted.sid);
});

test('signing out ends the session itself, so a copy of the cookie no longer works', async () => {
  const { email } = await aUserWithPassword(own.db);
  await signIn({ email, password: PASSWORD });
  const copy = jar[SESSION]!;

  await send('signout', { body: {} });

  expect(jar[SESSION]).toBe('');
  jar[SESSION] = copy;
  expect((await send('session')).body).toEqual({});
});

test("update() can't put anything into the cookie", async () => {
  const { email } = await aUserWithPassword(own.db);
  await signIn({ email, password: PASSWORD });
  const { sid, auth_time } = (await readCookie())!;
  const count = await own.db.$count(sessions);

  const data = { role: 'owner', teamId: 'x', sub: 'x', email: 'evil@example.com', sid: 'x', auth_time: 9e9 };
  const response = await send('session', { body: { data } });

  expect(response.body).toMatchObject({ user: { email } });
  const { iat, exp, jti, ...claims } = (await readCookie())!;
  expect(claims).toEqual({ sid, auth_time });
  expect(await own.db.$count(sessions)).toBe(count);
});

test('a cookie expires 24 hours after sign-in, however often it was refreshed', async () => {
  const { email } = await aUserWithPassword(own.db);
  await signIn({ email, password: PASSWORD });
  const signedInAt = Date.now();
  const dead: number[] = [];
  vi.useFakeTimers({ toFake: ['Date'] });
  for (let hour = 1; hour <= 25; hour++) {
    vi.setSystemTime(signedInAt + hour * 3_600_000);
    // The database's clock is stopped here, so only the cookie's own time can expire.
    const body = (await send('session')).body as { user?: unknown };
    if (!body.user) dead.push(hour);
  }
  vi.useRealTimers();

  expect(dead).toEqual([24, 25]);
});

test.each([
  ['/t/harbour', `${PORTAL}/t/harbour`],
  [`${PORTAL}/t/harbour?x=1`, `${PORTAL}/t/harbour?x=1`],
  ['//evil.example', PORTAL],
  ['/\\evil.example', PORTAL],
  ['\\\\evil.example', PORTAL],
  ['/\t/evil.example', PORTAL],
  ['/.//evil.example', PORTAL],
  [`${PORTAL}//evil.example`, PORTAL],
  ['https:evil.example', PORTAL],
  ['https://evil.example/', PORTAL],
  [`${PORTAL}@evil.example/`, PORTAL],
  [`${PORTAL}.evil.example/`, PORTAL],
  ['http://portal.example.com/', PORTAL],
  ['javascript:alert(1)', PORTAL],
  ['data:text/html,x', PORTAL],
  ['', PORTAL],
])('after signing in, %j leads to %s', async (callbackUrl, target) => {
  const { email } = await aUserWithPassword(own.db);

  const response = await signIn({ email, password: PASSWORD, callbackUrl });

  expect(response.redirect?.replace(/\/$/, '')).toBe(target);
});

test.each(['/%0d%0aSet-Cookie:x=1', '/\r\nSet-Cookie: x=1'])(
  "%j can't inject a line break into a response",
  async (url) => {
    const { email } = await aUserWithPassword(own.db);

    const { redirect } = await signIn({ email, password: PASSWORD, callbackUrl: url });

    expect(redirect).not.toMatch(/[\r\n]/);
    expect(new URL(redirect!).origin).toBe(PORTAL);
  },
);

test("a planted callback cookie can't redirect elsewhere either", async () => {
  const { email } = await aUserWithPassword(own.db);
  jar['__Secure-next-auth.callback-url'] = 'https://evil.example/';

  const signedIn = await signIn({ email, password: PASSWORD });
  jar['__Secure-next-auth.callback-url'] = '//evil.example/';
  const signedOut = await send('signout', { body: {} });
  const asked = await send('signin', { query: { callbackUrl: 'https://evil.example/' } });

  for (const { redirect } of [signedIn, signedOut, asked])
    expect(new URL(redirect!, PORTAL).origin).toBe(PORTAL);
  expect(decodeURIComponent(asked.redirect!)).not.toContain('evil');
});
