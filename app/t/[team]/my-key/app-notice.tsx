import Link from 'next/link';
import { Callout } from '#app/_components/callout.tsx';

type App = { appId: string; title: string; archivedAt: Date | null; endpoints: number };

/** Why an own key can't call any endpoint, and who can change that. Nothing if it can. */
export function AppNotice({ app, team, canManage }: { app: App; team: string; canManage: boolean }) {
  const base = `/t/${team}/apps/${app.appId}`;
  const link = 'font-medium text-accent underline underline-offset-4';
  if (app.archivedAt)
    return (
      <Callout tone="warning" title={`${app.title} is archived`}>
        Own keys belong to this app. Requests with yours are rejected until it is restored.{' '}
        {canManage ? (
          <Link href={base} className={link}>
            Open {app.title}
          </Link>
        ) : (
          'Ask an owner or admin of the team to restore it.'
        )}
      </Callout>
    );
  if (app.endpoints > 0) return null;
  return (
    <Callout tone="info" title="No endpoints are connected yet">
      Own keys can call the endpoints that {app.title} is connected to. It has none yet.{' '}
      {canManage ? (
        <Link href={`${base}/connected`} className={link}>
          Connect endpoints
        </Link>
      ) : (
        'Ask an owner or admin of the team to connect endpoints.'
      )}
    </Callout>
  );
}
