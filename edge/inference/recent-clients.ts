/**
 * The partition that each client was sent last, for clients that do not say what they hold. Bounded: the
 * longest silent goes first.
 */
export interface RecentClients {
  /** The partition before this one; remembers this one. */
  exchange(client: string, partition: string): string | undefined
}

export function createRecentClients(mostClients = 4096): RecentClients {
  const last = new Map<string, string>()
  return {
    exchange(client, partition) {
      const before = last.get(client)
      // Taken out and put back, so that the order of the map is that of use.
      last.delete(client)
      last.set(client, partition)
      const [oldest] = last.keys()
      if (last.size > mostClients && oldest !== undefined) last.delete(oldest)
      return before
    },
  }
}
