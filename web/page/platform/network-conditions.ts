/**
 * The Network Information API, which the DOM's type library does not have: Chromium has it, others do not.
 */
interface NetworkInformation {
  readonly saveData?: boolean
  /** `cellular`, `wifi` and so on; Chromium on a desktop does not say. */
  readonly type?: string
}

interface Surroundings {
  readonly onLine: boolean
  readonly userAgent: string
  readonly connection?: NetworkInformation
}

const metered: ReadonlySet<string> = new Set(['cellular', 'bluetooth', 'wimax'])

/** The person asked their browser to save data. */
export const isSavingData = ({ connection }: Surroundings): boolean => connection?.saveData === true

/**
 * Whether bytes may cost money here: where the browser says so, and on a phone that does not say. What nobody
 * asked for (audits, prefetches) waits for a network where it does not.
 */
export function isMetered(surroundings: Surroundings): boolean {
  const { connection, userAgent } = surroundings
  if (isSavingData(surroundings)) return true
  if (connection?.type !== undefined && connection.type !== 'unknown') return metered.has(connection.type)
  return /Android|iPhone|iPad|Mobile/.test(userAgent)
}
