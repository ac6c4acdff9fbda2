import type { AuthOptions } from 'next-auth';
import type { JWT } from 'next-auth/jwt';
import Credentials from 'next-auth/providers/credentials';
import type { Db } from '#db/client.ts';
import { endSession, findSession, type Origin, SESSION_HOURS } from '#lib/access/session.ts';
import type { Settings } from '#lib/access/settings.ts';
import { CODE_NEEDED } from './code-needed.ts';
import { SignIn, signIn } from './sign-in.ts';

export const usesSecureCookies = (settings: Settings): boolean => settings.portalUrl.startsWith('https:');

/** What next-auth cannot tell about the browser that signs in. */
export type Browser = {
  ip: string | null;
  /** Token of the session it has had until now. */
  formerToken(): Promise<string | null>;
};

/**
 * The token of the session a cookie stands for, or null. The time of signing in goes along through every refresh,
 * so that a cookie is dead after a day by the portal's clock as well as by the database's (ASVS 7.3.2).
 */
export function sessionToken(cookie: JWT | null): string | null {
  if (typeof cookie?.sid !== 'string' || typeof cookie.auth_time !== 'number') return null;
  return Date.now() / 1000 - cookie.auth_time < SESSION_HOURS * 3600 ? cookie.sid : null;
}

/**
 * next-auth carries a token, we decide: the cookie holds the token of a row in `sessions` and when it was opened,
 * and that row is looked up at every request. Fields sent by the browser (`update()`) never reach it.
 */
export function authOptions({ db, settings }: { db: Db; settings: Settings }, browser: Browser): AuthOptions {
  // next-auth reads its address from the environment itself: it gets the configured one, never a header's.
  process.env.NEXTAUTH_URL = settings.portalUrl;
  return {
    secret: settings.authSecret,
    session: { strategy: 'jwt', maxAge: SESSION_HOURS * 3600 },
    useSecureCookies: usesSecureCookies(settings),
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [
      Credentials({
        credentials: { email: {}, password: {}, code: {} },
        authorize: (credentials, request) => {
          const userAgent = String(request.headers?.['user-agent'] ?? '') || null;
          return authorize({ db, settings }, browser, { ip: browser.ip, userAgent }, credentials);
        },
      }),
    ],
    callbacks: {
      signIn({ user }) {
        // Without a session and without an error status: it is a question, not a failure.
        return user.id === CODE_NEEDED ? `${settings.portalUrl}/sign-in?error=${CODE_NEEDED}` : true;
      },
      async jwt({ token, user }) {
        if (user) return { sid: user.id, auth_time: Math.floor(Date.now() / 1000) };
        const sid = sessionToken(token);
        // Thrown, because next-auth answers with an empty session and clears the cookie.
        if (!sid || !(await findSession(db, sid, null))) throw new Error('the session has ended');
        return { sid, auth_time: token.auth_time };
      },
      async session({ token, session }) {
        const user = await findSession(db, String(token.sid), null);
        return { expires: session.expires, user: user ? { name: user.name, email: user.email } : {} };
      },
      redirect({ url, baseUrl }) {
        const target = url.startsWith('/') ? baseUrl + url : url;
        if (!URL.canParse(target)) return baseUrl;
        const { origin, href, pathname } = new URL(target);
        // `//evil` within our own origin is still no page of ours, and dangerous as a relative address.
        return origin === new URL(baseUrl).origin && !pathname.startsWith('//') ? href : baseUrl;
      },
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === 'string') await endSession(db, token.sid, 'signed_out');
      },
    },
    logger: { error() {}, warn() {}, debug() {} },
  };
}

/** Answers the new session's token as the "user" of next-auth, or null. The browser's former session ends. */
async function authorize(
  { db, settings }: { db: Db; settings: Settings },
  browser: Browser,
  origin: Origin,
  credentials: unknown,
): Promise<{ id: string } | null> {
  const parsed = SignIn.safeParse(credentials);
  if (!parsed.success) return null;
  try {
    const signedIn = await signIn({ db, origin, settings }, parsed.data);
    if (!signedIn.ok) return signedIn.reason === 'code_needed' ? { id: CODE_NEEDED } : null;
    const former = await browser.formerToken();
    if (former) await endSession(db, former, 'signed_in_again');
    return { id: signedIn.token };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    process.stderr.write(`${JSON.stringify({ level: 'error', where: 'sign-in', name })}\n`);
    // next-auth would put the message of what is thrown here into the address bar.
    throw new Error('Unavailable');
  }
}
