import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { readDevice, writeDevice } from '#app/_http/device-cookie.ts';
import { browserAddress } from '#app/_http/origin.ts';
import { cookieToken } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { authOptions } from '#lib/accounts/auth-options.ts';
import { readSettings } from '#lib/env.ts';

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }) {
  let unavailable = false;
  const browser = {
    ip: await browserAddress(),
    formerToken: cookieToken,
    device: await readDevice(),
    rememberDevice: writeDevice,
    onUnavailable() {
      unavailable = true;
    },
  };
  const options = authOptions({ db: database(), settings: readSettings() }, browser);
  const response: Response = await NextAuth(request, context, options);
  if (!unavailable) return response;
  // next-auth returns 401, as for wrong credentials.
  const headers = new Headers(response.headers);
  headers.set('Retry-After', '5');
  return new Response(response.body, { status: 503, headers });
}

export { handler as GET, handler as POST };
