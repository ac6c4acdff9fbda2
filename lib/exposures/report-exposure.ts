import type { DbAndSettings } from '#lib/access/context.ts';
import { confirmEpoch, type Receipt } from '#lib/access/epoch.ts';
import { type Find, recordExposure } from './record-exposure.ts';

type Reported =
  | { known: false }
  | {
      known: true;
      /** False if the same exposure was reported before. */
      isNew: boolean;
      /** Of the revocation. Null if the key was not revoked now. */
      receipt: Receipt | null;
    };

/** Records an exposed secret key. If that revokes it, waits until every gateway rejects it. */
export async function reportExposure({ db, settings }: DbAndSettings, find: Find): Promise<Reported> {
  const recorded = await recordExposure({ db, settings }, find);
  if (!recorded.known) return recorded;
  const { isNew, epoch } = recorded;
  return { known: true, isNew, receipt: epoch === null ? null : await confirmEpoch(db, epoch) };
}
