'use client';

import { Activity, type ReactNode, useEffect, useRef } from 'react';
import { PageHeader } from '#app/_components/page-header.tsx';
import type { EndpointApi } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { CreatedApp } from './created-app.tsx';
import { DetailsStep } from './details-step.tsx';
import { EndpointsStep } from './endpoints-step.tsx';
import { Steps } from './steps.tsx';
import { useNewApp } from './use-new-app.ts';

/**
 * The three steps of a new app. The step is in the URL, so the browser's Back and Forward move between steps. Entries are
 * kept across steps and reloads. `closed` is shown instead if no app can be created.
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
  const app = useNewApp(team);
  const { asked, step, created, details, selected } = app;
  const heading = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only on the first render.
  useEffect(() => {
    // The keys were shown once. The router breaks if it is used during a Back navigation.
    if (asked === 'keys') window.location.replace(`/t/${team}/apps`);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new step takes the focus, the first page load does not.
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
    window.scrollTo(0, 0);
  }, [step]);

  if (created.status === 'done')
    return <CreatedApp team={team} issued={created.value} endpoints={selected.size} heading={heading} />;
  if (closed || asked === 'keys') return closed;
  return (
    <>
      <div ref={heading} tabIndex={-1} className="outline-none">
        <PageHeader
          title="New App"
          description={
            step === 1
              ? 'Name your app. You can change this later.'
              : `Select the API endpoints that ${details.title.trim() || 'your app'} can call. You can change them later.`
          }
        />
      </div>
      <Steps current={step} />
      {step === 1 && (
        <DetailsStep
          state={app.checked}
          action={app.check}
          details={details}
          setDetails={app.setDetails}
          cancelHref={`/t/${team}/apps`}
        />
      )}
      {app.isChecked && (
        <Activity mode={step === 2 ? 'visible' : 'hidden'}>
          <EndpointsStep
            state={created}
            action={app.create}
            details={details}
            apis={apis}
            selected={selected}
            setSelected={app.setSelected}
            onBack={() => window.history.back()}
          />
        </Activity>
      )}
    </>
  );
}
