import type postgres from 'postgres';
import { LookupFailed, type openAdmission } from '#lib/admission/admission.ts';
import { type Quota, QuotaUnknown } from '#lib/quota/allowance.ts';
import { readTicket } from '#lib/tester/ticket.ts';
import { useTicket as redeemTicket } from '#lib/tester/use-ticket.ts';
import type { Lease } from './lease.ts';
import { type DayAllowance, type GatewayPorts, type KnownCredential, Unavailable } from './ports.ts';

/** Credentials from the cache or the database. `read` can override each of them. */
export function credentialsPort(
  admission: Pick<ReturnType<typeof openAdmission>, 'find' | 'findNone'>,
  read: (known: KnownCredential | null) => KnownCredential | null,
): GatewayPorts['credentials'] {
  return {
    find(keyId) {
      const found = admission.find(keyId);
      return found instanceof Promise ? found.then(read, unavailable) : read(found);
    },
    findNone: () => admission.findNone().catch(unavailable),
  };
}

export function ticketsPort(
  sql: postgres.Sql,
  encryptionKey: string,
  lease: Pick<Lease, 'nowMs' | 'isReachable'>,
): GatewayPorts['tickets'] {
  return {
    read: (text) => readTicket(encryptionKey, text, lease.nowMs()),
    async redeem(ticket) {
      if (!lease.isReachable()) throw new Unavailable('the database is unreachable');
      try {
        return await redeemTicket(sql, ticket);
      } catch (cause) {
        throw new Unavailable('the ticket could not be checked', { cause });
      }
    },
  };
}

/**
 * Quota from what this process holds. If it holds nothing and the database is unreachable, the request is rejected
 * immediately, and anything the database grants later is returned.
 */
export function quotaPort(
  quota: Pick<Quota, 'take' | 'giveBack'>,
  lease: Pick<Lease, 'isReachable'>,
): GatewayPorts['quota'] {
  return {
    take(credential): DayAllowance | Promise<DayAllowance> {
      const taken = quota.take(credential);
      if (!(taken instanceof Promise)) return taken;
      if (lease.isReachable()) return taken.catch(unavailable);
      taken.then(
        (late) => late.ok && quota.giveBack(credential, late.day),
        () => {}, // Nothing was granted, and the request has already been rejected.
      );
      return Promise.reject(new Unavailable('the database is unreachable'));
    },
    giveBack: quota.giveBack,
  };
}

function unavailable(error: unknown): never {
  throw error instanceof LookupFailed || error instanceof QuotaUnknown
    ? new Unavailable(error.message, { cause: error })
    : error;
}
