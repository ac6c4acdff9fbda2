/** The team last visited, by slug: a convenience that is checked against the memberships each time. */
export const TEAM_COOKIE = 'team';

/** The team with this slug, else the first. */
export function chooseTeam<Team extends { slug: string }>(
  teams: readonly Team[],
  slug: string | undefined,
): Team | undefined {
  return teams.find((team) => team.slug === slug) ?? teams[0];
}
