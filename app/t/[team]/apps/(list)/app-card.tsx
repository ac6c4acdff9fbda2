import { Activity, KeyRound } from 'lucide-react';
import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import type { ApplicationCard } from '#lib/applications/list-applications.ts';
import { formatCount } from '#lib/format.ts';

export function AppCard({ app, href }: { app: ApplicationCard; href: string }) {
  return (
    <li className="min-w-0">
      <Link
        href={href}
        className="flex h-full flex-col rounded-lg border border-line bg-surface p-5 transition-colors hover:border-line-strong"
      >
        <span className="flex items-start justify-between gap-3">
          <h2 className="line-clamp-2 min-w-0 text-lg font-semibold break-words">{app.title}</h2>
          {app.archivedAt && <Badge tone="neutral">Archived</Badge>}
        </span>
        <p className="mt-1 line-clamp-2 flex-1 break-words text-muted">
          {app.description || <span className="text-faint">No description</span>}
        </p>
        <p className="mt-4 flex flex-wrap gap-x-5 gap-y-1 border-t border-line pt-3 text-sm text-muted tabular-nums [&_svg]:size-3.5">
          <span className="inline-flex items-center gap-1.5">
            <KeyRound aria-hidden="true" />
            {counted(app.liveKeys, 'key')}
          </span>
          <span className="inline-flex items-center gap-1.5">
            <Activity aria-hidden="true" />
            {counted(app.requestsToday, 'request')} today
          </span>
        </p>
      </Link>
    </li>
  );
}

const counted = (count: number, noun: string) => formatCount(count, noun);
