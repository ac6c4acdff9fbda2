import { Card } from '#app/_components/card.tsx';

const STEPS = [
  ['Revoke the key', 'Every gateway rejects it and confirms.'],
  ['Generate a new key', 'With a new name and the same app, environment and limits.'],
  ['Update applications', 'We list every caller of the key and check them off when they use the new one.'],
  ['Monitor usage', 'For 7 days: who still uses the revoked key, and what was unusual before.'],
  ['Report', 'A report without secrets for the API’s provider.'],
] as const;

/** The steps of an incident. */
export function StepsAhead() {
  return (
    <Card title="What happens">
      <ol className="flex flex-col gap-3">
        {STEPS.map(([title, text], index) => (
          <li key={title} className="flex gap-3">
            <span
              aria-hidden="true"
              className="grid size-6 shrink-0 place-items-center rounded-full border border-line text-xs font-medium text-muted"
            >
              {index + 1}
            </span>
            <span>
              <span className="font-medium">{title}</span>
              <span className="block text-sm text-muted">{text}</span>
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
