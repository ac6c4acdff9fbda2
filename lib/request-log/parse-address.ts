import ipaddr from 'ipaddr.js';

/** An address or a CIDR, as the log writes addresses; null when the text is neither. For browsers too. */
export function addressOf(text: string): string | null {
  try {
    const [address = '', network] = text.split('/');
    // Four decimal numbers or IPv6: `127.1` is an address to some readers only.
    if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return null;
    if (network === undefined) return ipaddr.process(text).toString();
    const [base, bits] = ipaddr.parseCIDR(text);
    return `${base.toString()}/${bits}`;
  } catch {
    return null;
  }
}
