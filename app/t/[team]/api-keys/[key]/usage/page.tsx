import type { Metadata } from 'next';
import type { SearchParams } from '#app/_usage/usage-query.ts';
import { UsageView } from '#app/_usage/usage-view.tsx';
import { type KeyParams, loadKey } from '#app/t/[team]/api-keys/[key]/load-key.ts';

export const metadata: Metadata = { title: 'Usage' };

type Props = { params: KeyParams; searchParams: SearchParams };

export default async function KeyUsagePage({ params, searchParams }: Props) {
  const { member, key, base } = await loadKey(params);
  return (
    <UsageView
      member={member}
      path={`${base}/usage`}
      fixed={{ key: key.keyId }}
      searchParams={searchParams}
    />
  );
}
