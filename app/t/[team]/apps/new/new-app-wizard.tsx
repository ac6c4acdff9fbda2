'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { Activity, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { PageHeader } from '#app/_components/page-header.tsx';
import type { Issued } from '#app/_keys/issued.ts';
import { ISSUED_HEADING, IssuedKeysView } from '#app/_keys/issued-keys.tsx';
import { LeaveGuard } from '#app/_keys/leave-guard.tsx';
import type { Selection } from '#app/t/[team]/apps/_endpoints/endpoint-picker.tsx';
import type { EndpointApi } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { checkDetailsAction, createAppAction } from './actions.ts';
import { DetailsStep } from './details-step.tsx';
import { EndpointsStep } from './endpoints-step.tsx';
import { Steps } from './steps.tsx';

const ENDPOINTS = '?step=endpoints';
const KEYS = '?step=keys';

/**
 * The three steps of a new app. The address says the step, so that the browser's Back and Forward go from one to the next;
 * what was typed and ticked lives here, so that they lose nothing. `closed` stands in its place where no app can be made.
 */
export function NewAppWizard({
  team,
  apis,
  closed,
}: {
  team: string;
  apis: EndpointApi[];
  closed: ReactNode;
}) {
  const router = useRouter();
  const path = usePathname();
  const asked = useSearchParams().get('step');
  const [reached, setReached] = useState(false);
  const [details, setDetails] = useState({ title: '', description: '' });
  const [selected, setSelected] = useState<Selection>(new Set());
  const [answered, setAnswered] = useState(selected);
  const [safe, setSafe] = useState(false);
  const keepSafe = useCallback(() => setSafe(true), []);
  const heading = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);

  const [checked, check] = useFormAction(async (before: ActionState, data: FormData) => {
    const state = await checkDetailsAction(team, before, data);
    if (state.status !== 'done') return state;
    setReached(true);
    // Reloaded or come back to at the second step, the form began with the first: that one needs its own entry.
    if (window.location.search) window.history.replaceState(null, '', path);
    window.history.pushState(null, '', ENDPOINTS);
    return state;
  }, idle);
  const [created, create] = useFormAction(async (before: ActionState<Issued>, data: FormData) => {
    const state = await createAppAction(team, before, data);
    setAnswered(selected);
    // The form that made the app must not be what Back leads to.
    if (state.status === 'done') window.history.replaceState(null, '', KEYS);
    return state;
  }, idle);
  const isCreated = created.status === 'done';
  const step = isCreated ? 3 : reached && asked === 'endpoints' ? 2 : 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the page was opened with.
  useEffect(() => {
    // Reloaded or come back to: the keys were shown once. The router, told so in the middle of a Back, loses its way.
    if (asked === 'keys') window.location.replace(`/t/${team}/apps`);
  }, []);

  useEffect(() => {
    if (!isCreated) return;
    // Back leads out, not through the steps; with nothing copied the guard, whose entry is the last one, asks first.
    const onBack = () => {
      if (window.location.search !== KEYS) router.replace(`/t/${team}/apps`);
      else if (safe) window.history.back();
    };
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, [isCreated, safe, router, team]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new step takes the focus, the first page load does not.
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
    window.scrollTo(0, 0);
  }, [step]);

  if (isCreated) {
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
  if (closed || asked === 'keys') return closed;
  return (
    <>
      <div ref={heading} tabIndex={-1} className="outline-none">
        <PageHeader
          title="New App"
          description={
            step === 1
              ? 'Name your app. You can change this later.'
              : `Select the API endpoints that ${details.title.trim() || 'your app'} may call. You can change them later.`
          }
        />
      </div>
      <Steps current={step} />
      {step === 1 && (
        <DetailsStep
          state={checked}
          action={check}
          details={details}
          setDetails={setDetails}
          cancelHref={`/t/${team}/apps`}
        />
      )}
      {reached && (
        <Activity mode={step === 2 ? 'visible' : 'hidden'}>
          <EndpointsStep
            // What was missing may be there after a tick.
            state={created.status === 'invalid' && answered !== selected ? idle : created}
            action={create}
            details={details}
            apis={apis}
            selected={selected}
            setSelected={setSelected}
            onBack={() => window.history.back()}
          />
        </Activity>
      )}
    </>
  );
}

const counted = (count: number) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'endpoint' : 'endpoints'}`;
