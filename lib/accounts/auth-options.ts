import type { AuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { database } from '#db/client.ts';
import { endSession, findSession, SESSION_HOURS } from '#lib/access/session.ts';
import { env } from '#lib/env.ts';
import { SignIn, signIn } from './sign-in.ts';

// next-auth reads its address from the environment itself: it gets the configured one, never a header's.
process.env.NEXTAUTH_URL = env().PORTAL_URL;

export const usesSecureCookies = (): boolean => env().PORTAL_URL.startsWith('https:');

/**
 * next-auth carries a token, we decide: the cookie holds the token of a row in `sessions` and nothing else, and
 * that row is looked up at every request. Fields sent by the browser (`update()`) never reach it.
 */
export const authOptions: AuthOptions = {
  secret: env().NEXTAUTH_SECRET,
  session: { strategy: 'jwt', maxAge: SESSION_HOURS * 3600 },
  useSecureCookies: usesSecureCookies(),
  pages: { signIn: '/sign-in', error: '/sign-in' },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const parsed = SignIn.safeParse(credentials);
        if (!parsed.success) return null;
        try {
          const userAgent = String(request.headers?.['user-agent'] ?? '') || null;
          const token = await signIn({ db: database(), origin: { ip: null, userAgent } }, parsed.data);
          return token ? { id: token } : null;
        } catch (error) {
          // next-auth would put the message of what is thrown here into the address bar.
          process.stderr.write(
            `${JSON.stringify({ level: 'error', where: 'sign-in', name: error instanceof Error ? error.name : 'unknown' })}\n`,
          );
          throw new Error('Unavailable');
        }
      },
    }),
  ],
  callbacks: {
    async jwt({ token, user }) {
      if (user) return { sid: user.id };
      const sid = typeof token.sid === 'string' ? token.sid : '';
      // Thrown, because next-auth answers with an empty session and clears the cookie.
      if (!(await findSession(database(), sid, null))) throw new Error('the session has ended');
      return { sid };
    },
    async session({ token, session }) {
      const user = await findSession(database(), String(token.sid), null);
      return { expires: session.expires, user: user ? { name: user.name, email: user.email } : {} };
    },
    redirect({ url, baseUrl }) {
      if (url.startsWith('/') && !/^\/[/\\]/.test(url)) return baseUrl + url;
      return URL.canParse(url) && new URL(url).origin === new URL(baseUrl).origin ? url : baseUrl;
    },
  },
  events: {
    async signOut({ token }) {
      if (typeof token?.sid === 'string') await endSession(database(), token.sid, 'signed_out');
    },
  },
  logger: { error() {}, warn() {}, debug() {} },
};
