'use client';

import { useRouter } from 'next/navigation';
import { useActionState, useCallback, useEffect, useRef, useState } from 'react';
import { PageHeader } from '../../../../_components/page-header.tsx';
import { type ActionState, idle } from '../../../../action-state.ts';
import type { Selection } from '../_endpoints/endpoint-picker.tsx';
import type { EndpointApi } from '../_endpoints/group-endpoints.ts';
import type { Issued } from '../_keys/issued.ts';
import { ISSUED_HEADING, IssuedKeysView } from '../_keys/issued-keys.tsx';
import { LeaveGuard } from '../_keys/leave-guard.tsx';
import { checkDetailsAction, createAppAction } from './actions.ts';
import { DetailsStep } from './details-step.tsx';
import { EndpointsStep } from './endpoints-step.tsx';
import { Steps } from './steps.tsx';

/** The three steps of a new app. What was typed and ticked lives here, so that Back loses nothing. */
export function NewAppWizard({ team, apis }: { team: string; apis: EndpointApi[] }) {
  const router = useRouter();
  const [form, setForm] = useState<1 | 2>(1);
  const [details, setDetails] = useState({ title: '', description: '' });
  const [selected, setSelected] = useState<Selection>(new Set());
  const [safe, setSafe] = useState(false);
  const keepSafe = useCallback(() => setSafe(true), []);
  const heading = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);

  const [checked, check] = useActionState(async (before: ActionState, data: FormData) => {
    const state = await checkDetailsAction(team, before, data);
    if (state.status === 'done') setForm(2);
    return state;
  }, idle);
  const [created, create] = useActionState<ActionState<Issued>, FormData>(
    createAppAction.bind(null, team),
    idle,
  );
  const step = created.status === 'done' ? 3 : form;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new step takes the focus, the first page load does not.
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
    window.scrollTo(0, 0);
  }, [step]);

  if (created.status === 'done') {
    const issued = created.value;
    return (
      <div className="max-w-3xl">
        <div ref={heading} tabIndex={-1} className="outline-none">
          <PageHeader
            title={ISSUED_HEADING}
            description={`${issued.appTitle} is connected to ${counted(selected.size)}.`}
          />
        </div>
        <Steps current={3} />
        <IssuedKeysView
          issued={issued}
          onSafe={keepSafe}
          onDone={() => router.replace(`/t/${team}/apps/${issued.appId}/keys`)}
        />
        <LeaveGuard active={!safe} />
      </div>
    );
  }
  return (
    <>
      <div ref={heading} tabIndex={-1} className="outline-none">
        <PageHeader
          title="New App"
          description={
            step === 1
              ? 'Name your app. You can change this later.'
              : `Select the API endpoints that ${details.title.trim()} may call. You can change them later.`
          }
        />
      </div>
      <Steps current={step} />
      {step === 1 ? (
        <DetailsStep
          state={checked}
          action={check}
          details={details}
          setDetails={setDetails}
          cancelHref={`/t/${team}/apps`}
        />
      ) : (
        <EndpointsStep
          state={created}
          action={create}
          details={details}
          apis={apis}
          selected={selected}
          setSelected={setSelected}
          onBack={() => setForm(1)}
        />
      )}
    </>
  );
}

const counted = (count: number) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'endpoint' : 'endpoints'}`;
