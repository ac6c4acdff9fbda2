/** The guides' five steps of a security incident response, in their order. */
export const STEPS = ['revoke', 'generate', 'update', 'monitor', 'report'] as const;
export type Step = (typeof STEPS)[number];

type State = {
  revokedAt: Date | null;
  replacedAt: Date | null;
  isUpdated: boolean;
  isMonitored: boolean;
  reportedAt: Date | null;
};

/** Which steps of a case are done. Updating is done when somebody says so, or when every known caller have moved. */
export function stepsDone(incident: State, callers: readonly { movedAt: Date | null }[] = []): Set<Step> {
  const allMoved = callers.length > 0 && callers.every((caller) => caller.movedAt !== null);
  const done: Record<Step, boolean> = {
    revoke: incident.revokedAt !== null,
    generate: incident.replacedAt !== null,
    update: incident.isUpdated || allMoved,
    monitor: !incident.isMonitored,
    report: incident.reportedAt !== null,
  };
  return new Set(STEPS.filter((step) => done[step]));
}
