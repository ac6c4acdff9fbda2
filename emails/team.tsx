import { Link, Section, Text } from '@react-email/components';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';

export const utc = (iso: string) =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso))} UTC`;

const ADDRESS = /https?:\S+|(?<![@\p{L}\d.-])[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}(?!@)\S*/giu;

/**
 * Other people's text with its web addresses broken by invisible word joiners: it reads the same, and no mail
 * program makes a link of it that looks like ours.
 */
export const inert = (text: string) => text.replace(ADDRESS, (found) => found.replace(/[.:/]/g, '$&\u2060'));

/** Text that somebody else wrote: shown as it is, line by line, never as markup. */
function Quote({ children }: { children: string }) {
  return (
    <Section style={{ borderLeft: '3px solid #d4d4d8', margin: '0 0 16px', padding: '2px 0 2px 14px' }}>
      {children.split(/\r?\n/).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a fixed text have no other name
        <Text key={i} style={{ fontSize: 15, lineHeight: '24px', color: '#3f3f46', margin: 0 }}>
          {inert(line) || '\u00a0'}
        </Text>
      ))}
    </Section>
  );
}

export function Invitation({ message, link, expiresAt, ...props }: MailProps['invitation']) {
  const [name, team, inviter] = [inert(props.name), inert(props.team), inert(props.inviter)];
  return (
    <Layout preview={`${inviter} invites you to ${team}`} title={`Join ${team}`}>
      <Paragraph>
        Hello {name}, {inviter} invites you to the team {team} as {props.role}.
      </Paragraph>
      {message && <Quote>{message}</Quote>}
      <Action href={link}>See the invitation</Action>
      <Paragraph>
        The link works once, until {utc(expiresAt)}. You get this mail because {inviter} entered your address.
        If you do not know {team}, ignore it: nothing happens.
      </Paragraph>
    </Layout>
  );
}

export function InvitationAskedAgain({ link, ...props }: MailProps['invitation-asked-again']) {
  const { name, team } = props;
  const invited = inert(props.invited);
  return (
    <Layout preview={`${invited} asks for a new link`} title="An invitation has expired">
      <Paragraph>
        Hello {name}, you invited {invited} to {team}. The link had expired when it was opened, and a new one
        is asked for.
      </Paragraph>
      <Action href={link}>Resend the invitation</Action>
      <Paragraph>You get this mail because the invitation is yours.</Paragraph>
    </Layout>
  );
}

export function InvitationAccepted({ link, ...props }: MailProps['invitation-accepted']) {
  const { name, team } = props;
  const joined = inert(props.joined);
  return (
    <Layout preview={`${joined} has joined ${team}`} title={`${joined} has joined ${team}`}>
      <Paragraph>
        Hello {name}, {joined} has accepted your invitation and is now Active in {team}.
      </Paragraph>
      <Action href={link}>Open My Team</Action>
      <Paragraph>You get this mail because you sent the invitation.</Paragraph>
    </Layout>
  );
}

export function MemberSuspended({ name, team, by }: MailProps['member-suspended']) {
  return (
    <Layout preview={`You are suspended in ${team}`} title={`You are suspended in ${team}`}>
      <Paragraph>
        Hello {name}, {by} has suspended you in {team}. You cannot open the team, and your API key in it is
        refused, until somebody there activates you again.
      </Paragraph>
      <Paragraph>You get this mail because you are a member of the team.</Paragraph>
    </Layout>
  );
}

export function MemberRemoved({ name, team, by }: MailProps['member-removed']) {
  return (
    <Layout preview={`You are no longer in ${team}`} title={`You are no longer in ${team}`}>
      <Paragraph>
        Hello {name}, {by} has removed you from {team}. Your API key in it is revoked for ever. Your account
        and your other teams stay.
      </Paragraph>
      <Paragraph>You get this mail because you were a member of the team.</Paragraph>
    </Layout>
  );
}

export function RoleChanged({ name, team, by, role, link }: MailProps['role-changed']) {
  return (
    <Layout preview={`You are now ${role} of ${team}`} title={`You are now ${role} of ${team}`}>
      <Paragraph>
        Hello {name}, {by} has changed your role in {team} to {role}.
      </Paragraph>
      <Action href={link}>Open the team</Action>
      <Paragraph>You get this mail because you are a member of the team.</Paragraph>
    </Layout>
  );
}

export function ReviewDue({ name, team, days, link }: MailProps['review-due']) {
  return (
    <Layout preview={`Who still belongs to ${team}?`} title={`Who still belongs to ${team}?`}>
      <Paragraph>
        Hello {name}, the members of {team} have not been reviewed for {days} days. Go through the list and
        decide for each whether to keep, suspend or remove them.
      </Paragraph>
      <Action href={link}>Start the review</Action>
      <Paragraph>You get this mail because you are an owner of the team.</Paragraph>
    </Layout>
  );
}

export function TeamDeleted({ name, team, by, until, link }: MailProps['team-deleted']) {
  return (
    <Layout preview={`${team} was deleted`} title={`${team} was deleted`}>
      <Paragraph>
        Hello {name}, {by} has deleted the team {team}. All its keys are refused. An owner can bring it back
        until {utc(until)}.
      </Paragraph>
      <Paragraph>
        Deleted by mistake? <Link href={link}>{link}</Link>
      </Paragraph>
      <Paragraph>You get this mail because you are an owner of the team.</Paragraph>
    </Layout>
  );
}
