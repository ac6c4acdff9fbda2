import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { browserAddress } from '#app/_http/origin.ts';
import { cookieToken } from '#app/_http/session.ts';
import { authOptions } from '#lib/accounts/auth-options.ts';

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }) {
  const ip = await browserAddress();
  return NextAuth(request, context, authOptions({ ip, formerToken: cookieToken }));
}

export { handler as GET, handler as POST };
