/** The five steps of a security incident response, in order. */
export const STEPS = ['revoke', 'generate', 'update', 'monitor', 'report'] as const;
export type Step = (typeof STEPS)[number];

type State = {
  revokedAt: Date | null;
  replacedAt: Date | null;
  isUpdated: boolean;
  isMonitored: boolean;
  reportedAt: Date | null;
};

/** Which steps of an incident are done. Updating is done once it's marked as done or every known caller has moved. */
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
