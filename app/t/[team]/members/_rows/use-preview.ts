'use client';

import { useEffect, useState } from 'react';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { previewMemberAction } from '#app/t/[team]/members/actions.ts';
import type { MemberPreview } from '#lib/members/preview-member.ts';

type Preview = { loading: true } | { loading: false; preview: MemberPreview | null; problem: string | null };

/** The keys that an action on a member affects, loaded when the dialog opens. */
export function usePreview(team: string, memberId: string): Preview {
  const [state, setState] = useState<Preview>({ loading: true });
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const state = await tryAction(() => previewMemberAction(team, idle, formOf({ memberId })));
      if (gone) return;
      setState(
        state.status === 'done'
          ? { loading: false, preview: state.value, problem: null }
          : { loading: false, preview: null, problem: reasonOf(state) },
      );
    };
    void load();
    return () => {
      gone = true;
    };
  }, [team, memberId]);
  return state;
}
