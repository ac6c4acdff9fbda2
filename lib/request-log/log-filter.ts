import { z } from 'zod';
import { environment } from '#db/schema/credentials.ts';
import { usageOutcome, usageVia } from '#db/schema/usage.ts';
import { filterText } from '#lib/access/text.ts';
import { parseAddress } from './parse-address.ts';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Relative values of `from`: the range is counted back from when the page is opened. */
const RECENT = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 };
type Recent = keyof typeof RECENT;
export const isRecent = (text: string): text is Recent => Object.hasOwn(RECENT, text);

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/;

/** Parses a UTC date or an ISO 8601 timestamp (UTC unless it has an offset). In ms; NaN if it is neither. */
function parseTime(text: string): number {
  if (DATE.test(text))
    return z.iso.date().safeParse(text).success ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!TIMESTAMP.test(text)) return Number.NaN;
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

const Time = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(parseTime(text)));

/** An IP address or a CIDR range, in the form that the log stores. */
const Address = z
  .string()
  .trim()
  .max(64)
  .transform((text, context) => {
    const address = parseAddress(text);
    if (address === null)
      context.addIssue({
        code: 'custom',
        message: 'Enter an IP address or a CIDR range, such as 192.0.2.0/24.',
      });
    return address ?? z.NEVER;
  });

const fields = {
  from: z.union([z.enum(Object.keys(RECENT) as [Recent, ...Recent[]]), Time]), // The keys of a literal.
  to: Time,
  key: z.string().regex(/^[0-9A-Za-z]{16}$/),
  /** App ID. */
  app: filterText(40).min(1),
  /** The member who owns the key. */
  member: z.uuid(),
  endpoint: z.uuid(),
  method: z.enum(METHODS),
  /** A status code, a class of them, or an outcome. */
  status: z.union([
    z.enum(['2xx', '3xx', '4xx', '5xx', 'refused', 'failed']),
    z.string().regex(/^[1-5]\d\d$/),
  ]),
  reason: z.string().regex(/^[a-z_]{1,40}$/),
  outcome: z.enum(usageOutcome.enumValues),
  ip: Address,
  environment: z.enum(environment.enumValues),
  via: z.enum(usageVia.enumValues),
  /** Full request ID. */
  id: z.string().trim().toLowerCase().pipe(z.uuid()),
  path: filterText(200).min(1),
};
const paging = { before: z.uuid(), after: z.uuid() };

const ignoreInvalid = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, schema.optional().catch(undefined)]),
    // The same shape, entry by entry.
  ) as unknown as { [Name in keyof Shape]: z.ZodCatch<z.ZodOptional<Shape[Name]>> };

/** The query parameters of a log page. Invalid values are ignored. */
export const LogFilter = z.object(ignoreInvalid({ ...fields, ...paging }));
export type LogFilter = z.output<typeof LogFilter>;

export type FilterName = keyof typeof fields;
export const FILTER_NAMES = Object.keys(fields) as FilterName[]; // The keys of a literal.

type Query = Record<string, string | string[] | undefined>;

/** Parses the query parameters of a log page. `invalid` names the ones that were ignored. */
export function readLogFilter(query: Query): { filter: LogFilter; invalid: FilterName[] } {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const filter = LogFilter.parse(given);
  const invalid = FILTER_NAMES.filter((name) => given[name] !== undefined && filter[name] === undefined);
  return { filter, invalid };
}

/** Start (inclusive) and end (exclusive) of the selected time in ms; undefined if open-ended. */
export function timeRange({ from, to }: Pick<LogFilter, 'from' | 'to'>, nowMs: number) {
  const fromMs = from === undefined ? undefined : isRecent(from) ? nowMs - RECENT[from] : parseTime(from);
  if (to === undefined) return { fromMs, toMs: undefined };
  return { fromMs, toMs: parseTime(to) + (DATE.test(to) ? RECENT['24h'] : 0) };
}
