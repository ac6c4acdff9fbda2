import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import type { Selection } from '#app/t/[team]/apps/_endpoints/selection.ts';
import { checkDetailsAction, createAppAction } from './actions.ts';
import { readDraft, saveDraft } from './new-app-draft.ts';

const ENDPOINTS = '?step=endpoints';
export const KEYS = '?step=keys';

/** The entries for a new app, the step in the URL, and the actions that lead from one step to the next. */
export function useNewApp(team: string) {
  const path = usePathname();
  const asked = useSearchParams().get('step');
  const [isChecked, setChecked] = useState(false);
  const [details, setDetails] = useState({ title: '', description: '' });
  const [selected, setSelected] = useState<Selection>(new Set());
  const [submitted, setSubmitted] = useState(selected);

  const [checked, check] = useFormAction(async (before: ActionState, form: FormData) => {
    const state = await checkDetailsAction(team, before, form);
    if (state.status !== 'done') return state;
    setChecked(true);
    // If the second step was opened without a draft, the wizard starts with the first one, which needs its own history entry.
    if (window.location.search) window.history.replaceState(null, '', path);
    window.history.pushState(null, '', ENDPOINTS);
    return state;
  }, idle);
  const [created, create] = useFormAction(async (before: ActionState<Issued>, form: FormData) => {
    const state = await createAppAction(team, before, form);
    setSubmitted(selected);
    // Back must not lead to the form that created the app.
    if (state.status === 'done') window.history.replaceState(null, '', KEYS);
    return state;
  }, idle);
  const isCreated = created.status === 'done';

  // biome-ignore lint/correctness/useExhaustiveDependencies: only on the first render.
  useEffect(() => {
    const draft = asked === 'endpoints' ? readDraft(team) : null;
    if (!draft) return;
    setDetails(draft.details);
    setSelected(new Set(draft.endpointIds));
    setChecked(true);
  }, []);

  useEffect(() => {
    if (isCreated) saveDraft(team, null);
    else if (isChecked) saveDraft(team, { details, endpointIds: [...selected] });
  }, [team, isChecked, isCreated, details, selected]);

  return {
    asked,
    step: isCreated ? 3 : isChecked && asked === 'endpoints' ? 2 : 1,
    isChecked,
    ...{ details, setDetails, selected, setSelected },
    ...{ checked, check, create },
    // An error about the selection disappears once the selection changes.
    created: created.status === 'invalid' && submitted !== selected ? idle : created,
  } as const;
}
