import { ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readPosture } from '#lib/posture/read-posture.ts';
import { Dismissed } from './dismissed.tsx';
import { FindingGroups } from './finding-groups.tsx';
import { OneRule } from './one-rule.tsx';
import { Score } from './score.tsx';
import { readShown } from './shown.ts';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage({
  params,
  searchParams,
}: {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const member = await requireMember((await params).team);
  const posture = await readPosture({ db: database(), member });
  const { rule, page } = readShown(await searchParams);
  const { findings, dismissed, ownOnly } = posture;
  const team = member.teamSlug;
  const canDismiss = can(member, 'posture.dismiss');
  return (
    <>
      <PageHeader
        title="Security"
        description={
          ownOnly
            ? 'Security findings for your API key and how to fix them.'
            : 'Security findings for your team and how to fix them.'
        }
      />
      <div className="flex flex-col gap-6">
        {posture.score !== null && !rule && <Score score={posture.score} rules={posture.rules} />}
        {rule ? (
          <OneRule {...{ team, rule, page, findings, canDismiss }} />
        ) : findings.length === 0 ? (
          <EmptyState
            icon={<ShieldCheck />}
            title="No findings"
            description={
              dismissed.length > 0
                ? 'All findings are dismissed. They’re listed below.'
                : 'All checks passed. They run each time you open this page.'
            }
          />
        ) : (
          <FindingGroups {...{ team, findings, canDismiss }} />
        )}
        {dismissed.length > 0 && !rule && <Dismissed team={team} dismissed={dismissed} />}
      </div>
    </>
  );
}
