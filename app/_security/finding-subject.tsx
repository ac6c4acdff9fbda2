import Link from 'next/link';
import { environmentLabel } from '#app/_keys/environments.ts';
import type { SubjectOfFinding } from '#lib/posture/finding.ts';

/** The subject of a finding as a link to its page. */
export function FindingSubject({ team, subject }: { team: string; subject: SubjectOfFinding }) {
  const link = 'font-medium break-words underline-offset-4 hover:underline';
  if (subject.type === 'team')
    return (
      <Link href={`/t/${team}/settings`} className={link}>
        The team
      </Link>
    );
  if (subject.type === 'member')
    return (
      <Link href={`/t/${team}/members/${subject.memberId}`} className={link}>
        {subject.name}
      </Link>
    );
  return (
    <>
      <Link href={`/t/${team}/api-keys/${subject.keyId}`} className={link}>
        {subject.name}
      </Link>
      <span className="block text-sm break-words text-muted">
        {environmentLabel(subject.environment)}, {subject.application},{' '}
        <span className="font-mono break-all">{subject.sharedKey}</span>
      </span>
    </>
  );
}

/** The subject as text, for titles and toasts. */
export const subjectName = (subject: SubjectOfFinding): string =>
  subject.type === 'team' ? 'the team' : subject.name;
