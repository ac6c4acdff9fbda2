import type { z } from 'zod';
import { currentUser, memberOf } from '#app/_http/session.ts';
import { type Db, database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { readSettings } from '#lib/env.ts';
import { reachAction } from '#lib/process/action-call.ts';
import { type ActionState, sessionExpired } from './action-state.ts';
import { runAction } from './form-action.ts';

/** Wraps a verb as a form action of a team page. The page passes the team's slug; membership is checked again here. */
export function memberAction<S extends z.ZodType, T>(
  Input: S,
  run: (
    context: { db: Db; member: Member; settings: Settings },
    input: z.output<S>,
  ) => Promise<ActionState<T>>,
) {
  return async (team: string, _previous: ActionState<T>, form: FormData): Promise<ActionState<T>> => {
    reachAction();
    const user = await currentUser();
    if (!user) return sessionExpired;
    const member = await memberOf(user, team);
    const db = database();
    return runAction(
      Input,
      form,
      (input) => run({ db, member, settings: readSettings() }, input),
      // Denied actions are in the audit log too (ASVS 16.3.2).
      ({ action }) => recordAudit(db, member, 'access.deny', { kind: 'permission', id: action ?? 'unknown' }),
    );
  };
}
