/** The slug of the team last visited. Checked against the user's memberships every time. */
export const TEAM_COOKIE = 'team';

/** The team with this slug, or the first one. */
export function chooseTeam<Team extends { slug: string }>(
  teams: readonly Team[],
  slug: string | undefined,
): Team | undefined {
  return teams.find((team) => team.slug === slug) ?? teams[0];
}
