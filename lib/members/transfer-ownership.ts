import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, type Role } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import type { OneMember } from './input.ts';
import { findColleague, lockTeam } from './membership.ts';
import { roleTitle } from './role-title.ts';

type Transferred = { ok: true } | { ok: false; reason: 'not_found' | 'self' | 'not_active' };

/** Makes another active member owner and the acting owner admin, in one transaction. */
export async function transferOwnership(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  { memberId }: z.output<typeof OneMember>,
): Promise<Transferred> {
  authorize(member, 'team.transfer');
  if (memberId === member.memberId) return { ok: false, reason: 'self' };

  return db.transaction(async (tx) => {
    const { actor, teamName } = await lockTeam(tx, member);
    authorize(actor, 'team.transfer');
    const successor = await findColleague(tx, actor, memberId);
    if (!successor) return { ok: false, reason: 'not_found' };
    if (successor.status !== 'active') return { ok: false, reason: 'not_active' };

    const give = (id: string, role: Role) =>
      tx
        .update(members)
        .set({ role })
        .where(and(eq(members.teamId, actor.teamId), eq(members.id, id)));
    await give(memberId, 'owner');
    await give(actor.memberId, 'admin');
    await recordAudit(
      tx,
      actor,
      'team.transfer',
      { kind: 'member', id: memberId },
      {
        before: { role: successor.role },
        after: { role: 'owner', name: successor.name, email: successor.email },
      },
    );
    await enqueueMail(
      { db: tx, settings },
      {
        to: successor.email,
        template: 'role-changed',
        props: {
          name: successor.name,
          team: teamName,
          by: actor.name,
          role: roleTitle('owner'),
          link: `${settings.portalUrl}/t/${actor.teamSlug}`,
        },
      },
    );
    return { ok: true };
  });
}
