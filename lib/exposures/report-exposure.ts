import type { DbAndSettings } from '#lib/access/context.ts';
import { confirmEpoch, type Receipt } from '#lib/access/epoch.ts';
import { type Find, recordExposure } from './record-exposure.ts';

type Reported =
  | { known: false }
  | {
      known: true;
      /** False when the same find was told before. */
      isNew: boolean;
      /** Of the revocation; null when the key was not revoked by this. */
      receipt: Receipt | null;
    };

/** Records a find of a secret key; when that revokes it, waits until every gateway refuses it. */
export async function reportExposure({ db, settings }: DbAndSettings, find: Find): Promise<Reported> {
  const recorded = await recordExposure({ db, settings }, find);
  if (!recorded.known) return recorded;
  const { isNew, epoch } = recorded;
  return { known: true, isNew, receipt: epoch === null ? null : await confirmEpoch(db, epoch) };
}
