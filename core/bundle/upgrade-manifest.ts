type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A manifest of version 2 in the words of today's: there the generalist and all partitions had one network.
 * Anything else is handed back as it is, for the schema to judge.
 */
export function upgradeManifest(value: unknown): unknown {
  if (!isFields(value) || value['schemaVersion'] !== 2 || !isFields(value['networks'])) return value
  return {
    ...value,
    schemaVersion: 3,
    networks: { generalist: value['networks']['partition'], ...value['networks'] },
  }
}
