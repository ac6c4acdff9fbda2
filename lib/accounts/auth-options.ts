import type { AuthOptions } from 'next-auth';
import type { JWT } from 'next-auth/jwt';
import Credentials from 'next-auth/providers/credentials';
import type { Db } from '#db/client.ts';
import { endSession, findSession, type Origin, SESSION_HOURS } from '#lib/access/session.ts';
import type { Settings } from '#lib/access/settings.ts';
import { log } from '#lib/process/log.ts';
import { CODE_NEEDED } from './code-needed.ts';
import { HashingBusy } from './hashing-queue.ts';
import { SignIn, signIn } from './sign-in.ts';

export const usesSecureCookies = (settings: Settings): boolean => settings.portalUrl.startsWith('https:');

/** What next-auth doesn't know about the browser that signs in. */
export type Browser = {
  ip: string | null;
  /** Token of its current session. */
  formerToken(): Promise<string | null>;
  /** Value of its device cookie. */
  device: string | null;
  /** Sets its device cookie. */
  rememberDevice(value: string): Promise<void>;
  /** Called when sign-in failed for a reason other than the credentials. */
  onUnavailable(): void;
};

/**
 * The session token in a cookie, or null. The time of sign-in is kept through every refresh, so a cookie expires after a
 * day by the portal's clock as well as by the database's (ASVS 7.3.2).
 */
export function sessionToken(cookie: JWT | null): string | null {
  if (typeof cookie?.sid !== 'string' || typeof cookie.auth_time !== 'number') return null;
  return Date.now() / 1000 - cookie.auth_time < SESSION_HOURS * 3600 ? cookie.sid : null;
}

/**
 * next-auth only carries a token: its cookie holds the token of a row in `sessions` and the time of the sign-in, and
 * every request looks up that row. Fields sent by the browser (`update()`) are ignored.
 */
export function authOptions({ db, settings }: { db: Db; settings: Settings }, browser: Browser): AuthOptions {
  // next-auth reads its own URL from the environment. It gets the configured one, never one from a header.
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
        // Not an error: the form asks for a code.
        return user.id === CODE_NEEDED ? `${settings.portalUrl}/sign-in?error=${CODE_NEEDED}` : true;
      },
      async jwt({ token, user }) {
        if (user) return { sid: user.id, auth_time: Math.floor(Date.now() / 1000) };
        const sid = sessionToken(token);
        // next-auth catches this, returns an empty session and clears the cookie.
        if (!sid || !(await findSession(db, sid, null))) throw new SessionEnded('The session has ended');
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
        // Within our origin, `//evil` isn't one of our pages, and it's dangerous as a relative URL.
        return origin === new URL(baseUrl).origin && !pathname.startsWith('//') ? href : baseUrl;
      },
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === 'string') await endSession(db, token.sid, 'signed_out');
      },
    },
    logger: { error: logAuthError, warn() {}, debug() {} },
  };
}

/** When the database hangs, people get a response within 5 seconds. */
const ANSWER_MS = 4_500;

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No response within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

class SessionEnded extends Error {
  override name = 'SessionEnded';
}

/** next-auth's metadata can hold form values: only the code and the error are logged. */
function logAuthError(code: string, metadata: unknown): void {
  const fields: { error?: unknown } = typeof metadata === 'object' && metadata ? metadata : {};
  const err = metadata instanceof Error ? metadata : fields.error;
  // Ended sessions, and busy or failed sign-ins, are handled and logged where they happen.
  if (err instanceof SessionEnded || code === 'CALLBACK_CREDENTIALS_HANDLER_ERROR') return;
  log.error({ code, err }, 'next-auth failed');
}

/** Returns the new session's token as next-auth's "user", or null. Ends the browser's previous session. */
async function authorize(
  { db, settings }: { db: Db; settings: Settings },
  browser: Browser,
  origin: Origin,
  credentials: unknown,
): Promise<{ id: string } | null> {
  const parsed = SignIn.safeParse(credentials);
  if (!parsed.success) return null;
  try {
    const context = { db, origin, settings, device: browser.device };
    const signedIn = await within(ANSWER_MS, signIn(context, parsed.data));
    if (!signedIn.ok) return signedIn.reason === 'code_needed' ? { id: CODE_NEEDED } : null;
    const former = await browser.formerToken();
    if (former) await endSession(db, former, 'signed_in_again');
    await browser.rememberDevice(signedIn.device);
    return { id: signedIn.token };
  } catch (error) {
    browser.onUnavailable();
    if (!(error instanceof HashingBusy)) log.error({ err: error }, 'Sign-in failed');
    // next-auth puts an error's message into the URL.
    throw new Error('Unavailable');
  }
}
