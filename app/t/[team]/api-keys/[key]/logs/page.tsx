import type { Metadata } from 'next';
import { type LogQuery, RequestLog } from '#app/_logs/log-view.tsx';
import { type KeyParams, loadKey } from '#app/t/[team]/api-keys/[key]/load-key.ts';

export const metadata: Metadata = { title: 'Logs' };

export default async function KeyLogsPage({
  params,
  searchParams,
}: {
  params: KeyParams;
  searchParams: Promise<LogQuery>;
}) {
  const { member, key, base } = await loadKey(params);
  return (
    <RequestLog member={member} query={await searchParams} path={`${base}/logs`} fixed={{ key: key.keyId }} />
  );
}
