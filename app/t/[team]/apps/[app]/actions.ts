'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import { IdList } from '#app/t/[team]/apps/_endpoints/id-list.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { ArchiveApplication, archiveApplication } from '#lib/applications/archive-application.ts';
import { ConnectEndpoints, connectEndpoints } from '#lib/applications/connect-endpoints.ts';
import { EditApplication, editApplication } from '#lib/applications/edit-application.ts';
import { RestoreApplication, restoreApplication } from '#lib/applications/restore-application.ts';

const GONE = { status: 'refused', message: 'This app no longer exists.' } as const;
const refresh = () => revalidatePath('/t/[team]/apps', 'layout');

export const editAppAction = memberAction(EditApplication, async (context, input) => {
  const edited = await editApplication(context, input);
  if (!edited.ok) return GONE;
  refresh();
  return { status: 'done', value: undefined };
});

export const archiveAppAction = memberAction<typeof ArchiveApplication, Receipt | null>(
  ArchiveApplication,
  async (context, input) => {
    const archived = await archiveApplication(context, input);
    if (!archived.ok && archived.reason === 'not_found') return GONE;
    refresh();
    return { status: 'done', value: archived.ok ? archived.receipt : null };
  },
);

export const restoreAppAction = memberAction(RestoreApplication, async (context, input) => {
  const restored = await restoreApplication(context, input);
  if (!restored.ok && restored.reason === 'not_found') return GONE;
  if (!restored.ok && restored.reason === 'no_room')
    return {
      status: 'refused',
      message:
        'You’ve reached your plan’s app limit. Archive an app you don’t use, or contact us to upgrade.',
    };
  refresh();
  return { status: 'done', value: undefined };
});

const Connection = z.object({
  appId: ConnectEndpoints.shape.appId,
  endpointIds: IdList.pipe(ConnectEndpoints.shape.endpointIds),
});
type Connected = { added: number; removed: number; receipt: Receipt | null };

export const connectEndpointsAction = memberAction<typeof Connection, Connected>(
  Connection,
  async (context, input) => {
    const connected = await connectEndpoints(context, input);
    if (!connected.ok) {
      return connected.reason === 'not_found'
        ? GONE
        : {
            status: 'refused',
            message:
              'The catalog has changed: one of the endpoints no longer exists. Reload the page and select again.',
          };
    }
    refresh();
    const { added, removed, receipt } = connected;
    return { status: 'done', value: { added, removed, receipt } };
  },
);
