import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { can } from '#lib/access/permissions.ts';
import { ArchiveButton } from './_parts/archive-button.tsx';
import { EditDialog } from './_parts/edit-dialog.tsx';
import { type AppParams, loadApp } from './load-app.ts';

export default async function AppInformationPage({ params }: { params: AppParams }) {
  const { member, app } = await loadApp(params);
  const { appId, title, description } = app;
  const team = member.teamSlug;
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <Card
        title="App Information"
        actions={can(member, 'application.edit') && <EditDialog {...{ team, appId, title, description }} />}
      >
        <DefinitionList
          items={[
            { term: 'Title', value: title },
            {
              term: 'Description',
              value: description ? (
                <span className="whitespace-pre-line">{description}</span>
              ) : (
                <span className="text-faint">None</span>
              ),
            },
            {
              term: 'App ID',
              value: (
                <span className="flex flex-wrap items-center gap-2">
                  <code className="break-all">{appId}</code>
                  <CopyButton value={appId} name="App ID" />
                </span>
              ),
            },
            { term: 'Created', value: <DateTime value={app.createdAt} /> },
          ]}
        />
      </Card>
      {can(member, 'application.archive') && !app.archivedAt && (
        <Card
          title="Archive this app"
          description="All of its keys are rejected immediately, and it’s hidden from the list of apps. You can restore it at any time."
        >
          <ArchiveButton team={team} appId={appId} title={title} />
        </Card>
      )}
    </div>
  );
}
