import type { Reason } from '#lib/refusals/reasons.ts';
import type { Calendar } from './calendar.ts';
import type { KeyName } from './keys.ts';

/** A client and its requests. */
export type Source = {
  key: KeyName;
  from: Date;
  until: Date;
  /** Requests on a weekday at the end of the 90 days. A burst has `count` instead, spread over its duration. */
  perDay?: number;
  count?: number;
  /** Requests on a Saturday or Sunday, as a share of a weekday's. */
  weekend?: number;
  /** Initial traffic as a share of the final traffic. */
  grownFrom?: number;
  /** UTC hours of the day. */
  hours?: readonly [number, number];
  /** IP addresses and user agents, the most active first. */
  clients: readonly (readonly [string, string])[];
  /** Operations, the most frequent first. */
  calls: readonly string[];
  refused?: Reason;
  /** The API's response status, instead of the usual ones. */
  status?: number;
};

const CURRENT = 'GET /cities/{city}/current';
const FORECAST = 'GET /cities/{city}/forecast';
const CITY = 'GET /cities/{city}';

/** Ninety days of regular traffic, plus an outage, a leak, a rotation and reached limits. */
export function trafficOf({ now, at }: Calendar): Source[] {
  const end = new Date(now - 3 * 60_000);
  const began = at(89, 9.1);
  const app = (version: string) =>
    ['203.0.113.10', '203.0.113.11', '203.0.113.12'].map((ip) => [ip, `harbour-app/${version}`] as const);
  const buoys = [
    ['198.51.100.20', 'buoy/1.4'],
    ['198.51.100.21', 'buoy/1.4'],
  ] as const;
  const boats = [
    ['198.51.100.30', 'log-sync/3.1'],
    ['198.51.100.31', 'log-sync/3.1'],
  ] as const;
  const stranger = [['203.0.113.77', 'curl/8.5.0']] as const;
  const skippers = { key: 'first', calls: [CURRENT, FORECAST, 'GET /cities', CITY], weekend: 1.4 } as const;
  const buoyCalls = ['POST /observations', CURRENT];
  const logCalls = [CURRENT, CITY];
  const day = { hours: [7, 18], weekend: 0.1 } as const;
  const noor = {
    key: 'noor' as const,
    ...{ perDay: 12, ...day, calls: [CURRENT, 'POST /echo'] },
    clients: [['192.0.2.13', 'PostmanRuntime/7.39'] as const],
  };
  return [
    { ...skippers, from: began, until: at(31, 6), perDay: 150, grownFrom: 0.3, clients: app('2.2') },
    { ...skippers, from: at(31, 6), until: end, perDay: 150, grownFrom: 0.3, clients: app('2.3') },
    {
      ...{ key: 'night', from: at(83, 0), until: end, perDay: 40, hours: [1, 4] },
      ...{ clients: [['203.0.113.20', 'night-forecast/1.1']], calls: [FORECAST, 'GET /cities'] },
    },
    { key: 'buoys', from: at(86, 12), until: at(2, 16), perDay: 48, clients: buoys, calls: buoyCalls },
    { key: 'buoys', from: at(2, 16), until: end, perDay: 24, clients: [buoys[1]], calls: buoyCalls },
    { key: 'buoysNext', from: at(2, 16), until: end, perDay: 24, clients: [buoys[0]], calls: buoyCalls },
    { key: 'log', from: at(70, 11), until: at(20, 9.2), perDay: 36, clients: boats, calls: logCalls },
    { key: 'logNext', from: at(20, 11), until: end, perDay: 36, clients: boats, calls: logCalls },
    {
      ...{ key: 'mina', from: at(88, 10), until: end, perDay: 18, ...day },
      ...{ clients: [['192.0.2.12', 'python-httpx/0.28']], calls: [FORECAST, CURRENT, 'GET /echo'] },
    },
    { ...noor, from: at(79, 13), until: at(16, 0) },
    { ...noor, from: at(15, 0), until: at(6, 12) },
    {
      ...{ key: 'load', from: at(39, 8), until: at(12, 16), perDay: 30, ...day },
      ...{ clients: [['192.0.2.40', 'k6/0.54']], calls: [CURRENT, 'GET /cities'] },
    },
    {
      ...{ key: 'workshop', from: at(34, 9), until: at(5, 10), perDay: 15, ...day },
      ...{ clients: [['192.0.2.41', 'node']], calls: [CURRENT, 'GET /cities'] },
    },
    // The API was down for twenty minutes, and the app kept retrying.
    {
      ...{ key: 'first', from: at(9, 14), until: at(9, 14.33), count: 90, status: 503 },
      ...{ clients: app('2.3'), calls: [CURRENT, FORECAST] },
    },
    // A file with the key was public for three hours, then the key was revoked.
    { key: 'log', from: at(20, 6.3), until: at(20, 9.2), count: 140, clients: stranger, calls: logCalls },
    {
      ...{ key: 'log', from: at(20, 9.2), until: at(20, 10.9), count: 6 },
      ...{ clients: boats, calls: logCalls, refused: 'credential_revoked' },
    },
    {
      ...{ key: 'log', from: at(20, 9.2), until: at(15, 4), count: 61 },
      ...{ clients: stranger, calls: logCalls, refused: 'credential_revoked' },
    },
    // The load test exceeded the plan's burst limit, and Noor's loop the limit of their key.
    {
      ...{ key: 'load', from: at(12, 15.5), until: at(12, 15.6), count: 45 },
      ...{ clients: [['192.0.2.40', 'k6/0.54']], calls: [CURRENT], refused: 'rate_limited' },
    },
    {
      ...{ key: 'noor', from: at(16, 19), until: at(16, 19.4), count: 60 },
      ...{ clients: [['192.0.2.13', 'python-requests/2.32']], calls: [FORECAST] },
    },
    {
      ...{ key: 'noor', from: at(16, 19.4), until: at(16, 19.5), count: 14 },
      clients: [['192.0.2.13', 'python-requests/2.32']],
      ...{ calls: [FORECAST], refused: 'key_limit_exceeded' },
    },
    // The workshop laptops keep sending requests after their key expired.
    {
      ...{ key: 'workshop', from: at(5, 10.2), until: end, perDay: 5 },
      ...{ clients: [['192.0.2.41', 'node']], calls: [CURRENT], refused: 'credential_expired' },
    },
    {
      ...{ key: 'night', from: at(33, 11), until: at(33, 11.5), count: 4 },
      ...{ clients: [['192.0.2.99', 'curl/8.5.0']], calls: [FORECAST], refused: 'ip_not_allowed' },
    },
    {
      ...{ key: 'buoys', from: at(60, 12), until: at(2, 16), perDay: 2, clients: buoys },
      ...{ calls: [FORECAST], refused: 'endpoint_not_connected' },
    },
    {
      ...{ key: 'first', from: at(50, 12), until: at(1, 20), perDay: 2, clients: app('2.2') },
      ...{ calls: ['GET /citys/lisbon'], refused: 'unknown_endpoint' },
    },
  ];
}
