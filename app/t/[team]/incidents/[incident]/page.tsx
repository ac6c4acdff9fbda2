import { Download, Mail } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#app/_components/badge.tsx';
import { buttonStyle } from '#app/_components/button-style.ts';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { CallersTable } from '#app/_keys/callers-table.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { successorName } from '#lib/credentials/successor-name.ts';
import { env } from '#lib/env.ts';
import { callersBefore } from '#lib/incidents/callers-before.ts';
import { findUnusual } from '#lib/incidents/find-unusual.ts';
import { monitorIncident } from '#lib/incidents/monitor-incident.ts';
import type { Incident } from '#lib/incidents/read-incident.ts';
import { STEPS, type Step, stepsDone } from '#lib/incidents/steps.ts';
import { CloseDialog } from './close-dialog.tsx';
import { History } from './history.tsx';
import { type IncidentParams, loadIncident } from './load-incident.ts';
import { MonitorStep } from './monitor-step.tsx';
import { NoteForm } from './note-form.tsx';
import { OneClick } from './one-click.tsx';
import { Replacement } from './replacement.tsx';
import { RevokeStep } from './revoke-step.tsx';
import { StepCard } from './step-card.tsx';

const TITLES: Record<Step, string> = {
  revoke: 'Revoke the key',
  generate: 'Generate a new key',
  update: 'Update applications',
  monitor: 'Monitor usage',
  report: 'Report',
};

export async function generateMetadata({ params }: { params: IncidentParams }): Promise<Metadata> {
  return { title: `Incident: ${(await loadIncident(params)).incident.keyName}` };
}

export default async function IncidentPage({ params }: { params: IncidentParams }) {
  const { member, incident, base } = await loadIncident(params);
  const context = { db: database(), member };
  const { incidentId } = incident;
  const [watched, unusual, listed] = await Promise.all([
    monitorIncident(context, { incidentId }),
    findUnusual(context, { incidentId }),
    callersBefore(context, incident),
  ]);
  const callers = listed?.callers ?? [];
  const done = stepsDone({ ...incident, isUpdated: incident.updatedAt !== null }, callers);
  const team = member.teamSlug;
  const isOpen = incident.closedAt === null;
  const act = { team, incidentId };
  return (
    <>
      <Crumb segment={incidentId} label={incident.keyName} />
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-3">
            <span className="min-w-0 break-words">Incident: {incident.keyName}</span>
            {isOpen ? <Badge tone="danger">Open</Badge> : <Badge>Closed</Badge>}
          </span>
        }
        description={<Subtitle incident={incident} team={team} />}
        actions={
          isOpen ? (
            <CloseDialog
              {...act}
              keyName={incident.keyName}
              open={STEPS.filter((step) => !done.has(step)).map((step) => TITLES[step])}
            />
          ) : (
            <OneClick {...act} act="reopen" />
          )
        }
      />
      <div className="grid items-start gap-6 xl:grid-cols-[1fr_20rem]">
        <ol className="flex min-w-0 flex-col gap-4">
          <StepCard number={1} title={TITLES.revoke} done={done.has('revoke')}>
            <RevokeStep incident={incident} watched={watched} />
          </StepCard>
          <StepCard number={2} title={TITLES.generate} done={done.has('generate')}>
            <Generate member={member} incident={incident} />
          </StepCard>
          <StepCard
            number={3}
            title={TITLES.update}
            done={done.has('update')}
            actions={isOpen && !incident.updatedAt && <OneClick {...act} act="updated" />}
          >
            <p className="text-muted">
              Replace the old key in all applications. The list shows who used it in the month before. Each is
              checked off when it uses the new key. Some may not be yours.
            </p>
            {callers.length > 0 ? (
              <CallersTable label="Applications to update" callers={callers} />
            ) : (
              <p className="text-muted">No requests with the old key were recorded in the month before.</p>
            )}
          </StepCard>
          <StepCard number={4} title={TITLES.monitor} done={done.has('monitor')} pending="Monitoring">
            <MonitorStep incident={incident} watched={watched} unusual={unusual} team={team} />
          </StepCard>
          <StepCard
            number={5}
            title={TITLES.report}
            done={done.has('report')}
            actions={isOpen && !incident.reportedAt && <OneClick {...act} act="reported" />}
          >
            <Report incident={incident} base={base} />
          </StepCard>
        </ol>
        <Card title="History">
          <div className="flex flex-col gap-5">
            <History events={incident.events} />
            <NoteForm {...act} />
          </div>
        </Card>
      </div>
    </>
  );
}

function Subtitle({ incident, team }: { incident: Incident; team: string }) {
  return (
    <>
      <p>
        {environmentLabel(incident.environment)} key of {incident.appTitle}, opened{' '}
        <DateTime value={incident.openedAt} format="relative" />
        {incident.openedBy && ` by ${incident.openedBy}`}.{' '}
        <TextLink href={`/t/${team}/api-keys/${incident.keyId}`}>Open the key</TextLink>
      </p>
      {incident.reason && (
        <p className="mt-1 max-w-3xl break-words whitespace-pre-line text-ink">{incident.reason}</p>
      )}
    </>
  );
}

function Generate({ member, incident }: { member: Member; incident: Incident }) {
  const { successor, closedAt, keyOwner, isMyKey } = incident;
  const team = member.teamSlug;
  const offered = !successor && !closedAt && (keyOwner === null || isMyKey);
  return (
    <Replacement
      team={team}
      incidentId={incident.incidentId}
      suggestedName={offered ? successorName(incident.keyName, 'replaced', new Date()) : null}
    >
      {successor ? (
        <p>
          <TextLink href={`/t/${team}/api-keys/${successor.keyId}`}>{successor.name}</TextLink> is the
          replacement.{' '}
          <span className="text-muted">
            If nobody stored its secret,{' '}
            <TextLink href={`/t/${team}/api-keys/${successor.keyId}/rotation`}>rotate it</TextLink> without an
            overlap.
          </span>
        </p>
      ) : closedAt ? (
        <p className="text-muted">No replacement was generated.</p>
      ) : (
        <p>
          This key belonged to {keyOwner}. Only they can generate the new one, in this incident, because
          nobody else can see its secret.
        </p>
      )}
    </Replacement>
  );
}

function Report({ incident, base }: { incident: Incident; base: string }) {
  const contact = env().SUPPORT_EMAIL;
  const subject = encodeURIComponent(`Security incident ${incident.incidentId}`);
  const style = buttonStyle('secondary', 'md');
  return (
    <>
      <p className="text-muted">
        Contact support if you notice unauthorized usage. The report contains everything on this page, and no
        secrets.
        {incident.reportedAt && (
          <>
            {' '}
            Reported on <DateTime value={incident.reportedAt} />.
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        {/* Files, not pages: the router must not prefetch them. */}
        <a href={`${base}/report?format=md`} download className={style}>
          <Download aria-hidden="true" />
          Download report
        </a>
        <a href={`${base}/report?format=json`} download className={style}>
          <Download aria-hidden="true" />
          Download as JSON
        </a>
        {contact && (
          <a href={`mailto:${contact}?subject=${subject}`} className={style}>
            <Mail aria-hidden="true" />
            Contact support
          </a>
        )}
      </div>
    </>
  );
}
