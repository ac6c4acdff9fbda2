import ipaddr from 'ipaddr.js';

/** Parses an IP address or a CIDR range into the form that the log stores; null if it is neither. Also runs in browsers. */
export function parseAddress(text: string): string | null {
  try {
    const [address = '', network] = text.split('/');
    // Only four-part decimal IPv4 or IPv6: parsers disagree on forms like `127.1`.
    if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
    if (network === undefined) return ipaddr.process(text).toString();
    const [base, bits] = ipaddr.parseCIDR(text);
    return `${base.toString()}/${bits}`;
  } catch {
    // ipaddr.js throws for text that is not an address or a range.
    return null;
  }
}
