import { domainToASCII } from 'node:url';
import type { ReadEntry } from './allowed-ip.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const problem = (text: string): ReadEntry => ({ ok: false, problem: text });

/** Parses `shop.example.com` or `*.example.com` (its subdomains, not itself) into lowercase ASCII (IDNA, RFC 5891). */
export function readAllowedDomain(entry: string): ReadEntry {
  if (entry === '*') return problem('allows every domain. Leave the list empty instead.');
  if (entry.includes('://'))
    return problem('includes a scheme. Enter only the domain, such as shop.example.com.');
  if (/[/?#\\@%]/.test(entry))
    return problem('includes more than a domain. Enter only the domain, such as shop.example.com.');
  if (/^[^:]*:\d*$/.test(entry))
    return problem('includes a port. Remove it: all ports of the domain are allowed.');

  const wild = entry.startsWith('*.');
  const host = domainToASCII(wild ? entry.slice(2) : entry).replace(/\.$/, '');
  const labels = host.split('.');
  if (labels.some((label) => label.includes('*')))
    return problem('can have an asterisk only at the start, such as *.example.com.');
  if (/^[\d.]+$/.test(host)) return problem('is an IP address. Add it to Allowed IPs instead.');
  if (host.length > 253 || !labels.every((label) => LABEL.test(label)))
    return problem('is not a valid domain, such as shop.example.com.');
  if (labels.length === 1 && (wild || host !== 'localhost'))
    return problem('needs at least two parts, such as example.com.');
  return { ok: true, value: wild ? `*.${host}` : host };
}

/** Whether `wide` allows every domain that `narrow` allows. Both come from `readAllowedDomain`. */
export function coversDomain(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  return wide.startsWith('*.') && narrow.replace(/^\*\./, '*').endsWith(wide.slice(1));
}
