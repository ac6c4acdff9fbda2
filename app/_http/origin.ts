import { headers } from 'next/headers';
import { env } from '#lib/env.ts';
import { addressList, clientAddress } from '#lib/gateway/client-address.ts';

/** The browser's IP address, if a trusted proxy reports it. Next doesn't expose the socket, so otherwise it's unknown. */
export async function browserAddress(): Promise<string | null> {
  const { TRUSTED_PROXIES } = env();
  const nearest = TRUSTED_PROXIES[0]?.split('/')[0];
  if (!nearest) return null;
  return clientAddress(
    nearest,
    (await headers()).get('x-forwarded-for') ?? undefined,
    addressList(TRUSTED_PROXIES),
  );
}
