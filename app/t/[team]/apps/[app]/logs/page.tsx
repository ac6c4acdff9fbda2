import type { Metadata } from 'next';
import { type LogQuery, RequestLog } from '#app/_logs/log-view.tsx';
import { type AppParams, loadApp } from '#app/t/[team]/apps/[app]/load-app.ts';

export const metadata: Metadata = { title: 'Logs' };

export default async function AppLogsPage({
  params,
  searchParams,
}: {
  params: AppParams;
  searchParams: Promise<LogQuery>;
}) {
  const { member, app, base } = await loadApp(params);
  return (
    <RequestLog member={member} query={await searchParams} path={`${base}/logs`} fixed={{ app: app.appId }} />
  );
}
