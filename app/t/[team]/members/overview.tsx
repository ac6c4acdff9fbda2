import { Stat } from '#app/_components/stat.tsx';
import { formatNumber } from '#lib/format.ts';
import type { MemberCounts } from '#lib/members/count-members.ts';
import type { Seats } from '#lib/members/seats.ts';

/** The team's counts. Figures that only managers can see are left out for everyone else. */
export function Overview({ counts, seats }: { counts: MemberCounts; seats: Seats | null }) {
  const figures: [string, number | null, string?][] = [
    ['Active', counts.active],
    ['Pending', counts.pending, 'Invited, not joined yet'],
    ['Suspended', counts.suspended],
    ['Owners', counts.owners],
    ['Admins', counts.admins],
    ['Inactive', counts.inactive, '30 days or more'],
  ];
  return (
    <section aria-labelledby="team-overview" className="mb-6">
      <h2 id="team-overview" className="mb-3 text-lg font-semibold">
        Team Overview
      </h2>
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 rounded-lg border border-line bg-surface p-5 sm:grid-cols-3 lg:grid-cols-6">
        {figures.map(
          ([label, value, hint]) =>
            value !== null && <Stat key={label} label={label} value={formatNumber(value)} hint={hint} />,
        )}
      </div>
      {seats && seats.max !== null && <SeatsLine {...seats} max={seats.max} />}
    </section>
  );
}

/** How many members the plan allows, and what to do when it has no seats left. */
function SeatsLine({ max, active, invited }: Seats & { max: number }) {
  const taken = active + invited;
  return (
    <p className="mt-3 text-muted">
      <span className="font-medium text-ink">
        {formatNumber(taken)} of {formatNumber(max)} members
      </span>
      {invited > 0 && ', including open invitations'}.
      {taken >= max &&
        ' To invite more people, remove a member, cancel an invitation, or contact us for a larger plan.'}
    </p>
  );
}
