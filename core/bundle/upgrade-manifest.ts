type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A manifest of version 1 in the words of version 2: one gate for every locality, asked the way version 1 asked, and no deltas.
 * Anything else is handed back as it is, for the schema to judge.
 */
export function upgradeManifest(value: unknown): unknown {
  if (!isFields(value) || value['schemaVersion'] !== 1) return value
  const { gate } = value
  return {
    ...value,
    schemaVersion: 2,
    selector: { keepShare: 1 },
    gate: isFields(gate) ? { order: 'recent-first', asksGeneralist: false, localities: [], ...gate } : gate,
  }
}
