import { DateTime } from '#app/_components/date-time.tsx';
import { STEP_LABELS } from '#lib/incidents/incident-labels.ts';
import type { IncidentEvent } from '#lib/incidents/read-incident.ts';

/** The steps of an incident, in order, with who took them. */
export function History({ events }: { events: readonly IncidentEvent[] }) {
  return (
    <ol className="flex flex-col gap-3 border-l border-line pl-4">
      {events.map((event) => (
        <li key={event.id}>
          <p>
            <span className="font-medium">{STEP_LABELS[event.step]}</span>{' '}
            <span className="text-sm text-muted">
              {event.by ?? 'Someone'}, <DateTime value={event.at} format="seconds" />
            </span>
          </p>
          {event.text && <p className="break-words whitespace-pre-line text-muted">{event.text}</p>}
        </li>
      ))}
    </ol>
  );
}
