import { z } from 'zod';
import { environment } from '#db/schema/credentials.ts';
import { usageOutcome, usageVia } from '#db/schema/usage.ts';
import { filterText } from '#lib/access/text.ts';
import { addressOf } from './parse-address.ts';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** What `from` may be instead of a moment: so long ago, whenever the address is opened. */
const RECENT = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 };
type Recent = keyof typeof RECENT;
export const isRecent = (text: string): text is Recent => Object.hasOwn(RECENT, text);

const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/;

/** A UTC day or a moment (ISO 8601, in UTC unless it names an offset), in ms; NaN when it is neither. */
function momentOf(text: string): number {
  if (DATE.test(text))
    return z.iso.date().safeParse(text).success ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!MOMENT.test(text)) return Number.NaN;
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

const Moment = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(momentOf(text)));

/** An address or a CIDR, as the log writes addresses. */
const Address = z
  .string()
  .trim()
  .max(64)
  .transform((text, context) => {
    const read = addressOf(text);
    if (read === null) context.addIssue({ code: 'custom', message: 'Enter an IP address or a CIDR.' });
    return read ?? z.NEVER;
  });

const fields = {
  from: z.union([z.enum(Object.keys(RECENT) as [Recent, ...Recent[]]), Moment]), // The keys of a literal.
  to: Moment,
  key: z.string().regex(/^[0-9A-Za-z]{16}$/),
  /** App ID. */
  app: filterText(40).min(1),
  /** Whose own key it was. */
  member: z.uuid(),
  endpoint: z.uuid(),
  method: z.enum(METHODS),
  /** One status, a class of them, or what became of the call where that says more. */
  status: z.union([
    z.enum(['2xx', '3xx', '4xx', '5xx', 'refused', 'failed']),
    z.string().regex(/^[1-5]\d\d$/),
  ]),
  reason: z.string().regex(/^[a-z_]{1,40}$/),
  outcome: z.enum(usageOutcome.enumValues),
  ip: Address,
  environment: z.enum(environment.enumValues),
  via: z.enum(usageVia.enumValues),
  /** Request id, whole. */
  id: z.string().trim().toLowerCase().pipe(z.uuid()),
  path: filterText(200).min(1),
};
const paging = { before: z.uuid(), after: z.uuid() };

const absentIfUnreadable = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, schema.optional().catch(undefined)]),
    // Entry by entry the same shape.
  ) as unknown as { [Name in keyof Shape]: z.ZodCatch<z.ZodOptional<Shape[Name]>> };

/** What stands in the address of a log page. An unreadable value counts as absent. */
export const LogFilter = z.object(absentIfUnreadable({ ...fields, ...paging }));
export type LogFilter = z.output<typeof LogFilter>;

export type FilterName = keyof typeof fields;
export const FILTER_NAMES = Object.keys(fields) as FilterName[]; // The keys of a literal.

type Query = Record<string, string | string[] | undefined>;

/** The filter in the address of a page, and the names of what in it could not be read. */
export function readLogFilter(query: Query): { filter: LogFilter; unreadable: FilterName[] } {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const filter = LogFilter.parse(given);
  const unreadable = FILTER_NAMES.filter((name) => given[name] !== undefined && filter[name] === undefined);
  return { filter, unreadable };
}

/** Begin (included) and end (not included) of the time asked for, in ms; undefined where it is open. */
export function timeRange({ from, to }: Pick<LogFilter, 'from' | 'to'>, nowMs: number) {
  const fromMs = from === undefined ? undefined : isRecent(from) ? nowMs - RECENT[from] : momentOf(from);
  if (to === undefined) return { fromMs, toMs: undefined };
  return { fromMs, toMs: momentOf(to) + (DATE.test(to) ? RECENT['24h'] : 0) };
}
