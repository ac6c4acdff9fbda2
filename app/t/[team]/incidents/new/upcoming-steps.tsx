import { Card } from '#app/_components/card.tsx';

const STEPS = [
  ['Revoke the key', 'Every gateway refuses it, and confirms that it does.'],
  ['Generate a new key', 'With a new name, and the same app, environment and limits.'],
  [
    'Update applications',
    'Whoever called with the key is listed, and ticked off when seen with the new one.',
  ],
  ['Monitor usage', 'For 7 days: who still tries the dead key, and what was unusual before.'],
  ['Report', 'A report without secrets, for those who run the API.'],
] as const;

/** What an incident is made of. */
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
