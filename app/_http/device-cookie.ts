import { cookies } from 'next/headers';
import { usesSecureCookies } from '#lib/accounts/auth-options.ts';
import { DEVICE_DAYS } from '#lib/accounts/known-device.ts';
import { readSettings } from '#lib/env.ts';

const nameOf = (secure: boolean) => (secure ? '__Host-latchkey-device' : 'latchkey-device');

/** Value of the cookie by which a browser that signed in before is recognized. */
export async function readDevice(): Promise<string | null> {
  return (await cookies()).get(nameOf(usesSecureCookies(readSettings())))?.value ?? null;
}

/** Sets the device cookie. For actions and route handlers. */
export async function writeDevice(value: string): Promise<void> {
  const secure = usesSecureCookies(readSettings());
  const lifetime = { maxAge: DEVICE_DAYS * 86_400, path: '/' };
  (await cookies()).set(nameOf(secure), value, { httpOnly: true, sameSite: 'lax', secure, ...lifetime });
}
