import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { browserAddress } from '#app/_http/origin.ts';
import { cookieToken } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { authOptions } from '#lib/accounts/auth-options.ts';
import { readSettings } from '#lib/env.ts';

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }) {
  const ip = await browserAddress();
  const options = authOptions({ db: database(), settings: readSettings() }, { ip, formerToken: cookieToken });
  return NextAuth(request, context, options);
}

export { handler as GET, handler as POST };
