import { Link, Section, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';
import { utc } from './utc.ts';

/** A message, line by line, never as markup. */
function Quote({ children }: { children: string }) {
  return (
    <Section style={{ borderLeft: '3px solid #d4d4d8', margin: '0 0 16px', padding: '2px 0 2px 14px' }}>
      {children.split(/\r?\n/).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change
        <Text key={i} style={{ fontSize: 15, lineHeight: '24px', color: '#3f3f46', margin: 0 }}>
          {line || '\u00a0'}
        </Text>
      ))}
    </Section>
  );
}

export function Invitation(props: MailProps['invitation']) {
  const { name, team, inviter, role, message, link, expiresAt } = props;
  return (
    <Layout preview={`${inviter} invited you to ${team}`} title={`Join ${team}`}>
      <Paragraph>
        Hello {name}, {inviter} invited you to join the team {team} as {role}.
      </Paragraph>
      {message && <Quote>{message}</Quote>}
      <Action href={link}>View invitation</Action>
      <Paragraph>
        The link works once and expires on {utc(expiresAt)}. You’re receiving this email because {inviter}{' '}
        entered your address. If you don’t know {team}, you can ignore it.
      </Paragraph>
    </Layout>
  );
}

export function InvitationAskedAgain({ name, team, invited, link }: MailProps['invitation-asked-again']) {
  return (
    <Layout preview={`${invited} asked for a new invitation`} title="An invitation expired">
      <Paragraph>
        Hello {name}, {invited} asked for a new invitation to {team}. The previous one expired before they
        accepted it.
      </Paragraph>
      <Action href={link}>Resend the invitation</Action>
      <Paragraph>You’re receiving this email because you manage members of the team.</Paragraph>
    </Layout>
  );
}

export function InvitationAccepted({ name, team, joined, link }: MailProps['invitation-accepted']) {
  return (
    <Layout preview={`${joined} joined ${team}`} title={`${joined} joined ${team}`}>
      <Paragraph>
        Hello {name}, {joined} accepted your invitation and is now active in {team}.
      </Paragraph>
      <Action href={link}>Open My Team</Action>
      <Paragraph>You’re receiving this email because you sent the invitation.</Paragraph>
    </Layout>
  );
}

export function MemberSuspended({ name, team, by }: MailProps['member-suspended']) {
  return (
    <Layout preview={`You’re suspended from ${team}`} title={`You’re suspended from ${team}`}>
      <Paragraph>
        Hello {name}, {by} suspended you from {team}. Until an owner or admin reactivates you, you can’t open
        the team, and requests with your own API key are rejected. Your other teams aren’t affected.
      </Paragraph>
      <Paragraph>You’re receiving this email because you’re a member of the team.</Paragraph>
    </Layout>
  );
}

export function MemberRemoved({ name, team, by }: MailProps['member-removed']) {
  return (
    <Layout preview={`You were removed from ${team}`} title={`You were removed from ${team}`}>
      <Paragraph>
        Hello {name}, {by} removed you from {team}. Your own API key in this team is revoked permanently. Your
        account and your other teams aren’t affected.
      </Paragraph>
      <Paragraph>You’re receiving this email because you were a member of the team.</Paragraph>
    </Layout>
  );
}

/** `an owner`, `an admin`, `a member`. */
export const article = (role: string): string => {
  const name = role.toLowerCase();
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
};

export function RoleChanged({ name, team, by, role, link }: MailProps['role-changed']) {
  return (
    <Layout
      preview={`You’re now ${article(role)} of ${team}`}
      title={`You’re now ${article(role)} of ${team}`}
    >
      <Paragraph>
        Hello {name}, {by} changed your role in {team} to {role}.
      </Paragraph>
      <Action href={link}>Open the team</Action>
      <Paragraph>You’re receiving this email because you’re a member of the team.</Paragraph>
    </Layout>
  );
}

export function ReviewDue({ name, team, days, link }: MailProps['review-due']) {
  return (
    <Layout preview={`Review the members of ${team}`} title={`Review the members of ${team}`}>
      <Paragraph>
        Hello {name}, the members of {team} haven’t been reviewed for {days} days. For each member, decide
        whether to keep, suspend or remove them.
      </Paragraph>
      <Action href={link}>Start the review</Action>
      <Paragraph>You’re receiving this email because you’re an owner of this team.</Paragraph>
    </Layout>
  );
}

export function TeamDeleted({ name, team, by, until, link }: MailProps['team-deleted']) {
  return (
    <Layout preview={`${team} was deleted`} title={`${team} was deleted`}>
      <Paragraph>
        Hello {name}, {by} deleted the team {team}. Requests with its API keys are rejected. An owner can
        restore the team until {utc(until)}.
      </Paragraph>
      <Paragraph>
        Deleted by mistake? <Link href={link}>{link}</Link>
      </Paragraph>
      <Paragraph>You’re receiving this email because you’re an owner of this team.</Paragraph>
    </Layout>
  );
}
