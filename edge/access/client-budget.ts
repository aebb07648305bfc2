/** So much of something for each client: a bucket that fills with time. */
export interface ClientBudget {
  /** Takes as much as is there of what is wanted, and says how much that was. */
  take(client: string, wanted: number): number
}

export interface ClientBudgetOptions {
  /** Of a client that was not seen before. */
  readonly first: number
  /** Most that gathers. */
  readonly most: number
  readonly perSecond: number
  /** Clients that are remembered; the longest silent goes first. */
  readonly mostClients?: number
  readonly nowMs?: () => number
}

export function createClientBudget({
  first,
  most,
  perSecond,
  mostClients = 4096,
  nowMs = () => performance.now(),
}: ClientBudgetOptions): ClientBudget {
  const clients = new Map<string, { readonly left: number; readonly atMs: number }>()
  return {
    take(client, wanted) {
      const now = nowMs()
      const known = clients.get(client)
      const there =
        known === undefined ? first : Math.min(most, known.left + ((now - known.atMs) / 1000) * perSecond)
      const taken = Math.min(wanted, Math.floor(there))
      // Taken out and put back, so that the order of the map is that of use.
      clients.delete(client)
      clients.set(client, { left: there - taken, atMs: now })
      const [oldest] = clients.keys()
      if (clients.size > mostClients && oldest !== undefined) clients.delete(oldest)
      return taken
    },
  }
}
