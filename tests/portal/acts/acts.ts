import type { Act } from './act.ts';
import { APPLICATIONS } from './applications.ts';
import { INCIDENT, KEYS } from './keys.ts';
import { OPERATING } from './operator.ts';
import { LOGS, PAGES } from './pages.ts';
import { PEOPLE } from './people.ts';
import { SETTING } from './settings.ts';

/** Everything that can be done in a team, and by an operator. */
export const ACTS: readonly Act[] = [
  ...PAGES,
  ...LOGS,
  ...PEOPLE,
  ...SETTING,
  ...APPLICATIONS,
  ...KEYS,
  ...INCIDENT,
  ...OPERATING,
];
