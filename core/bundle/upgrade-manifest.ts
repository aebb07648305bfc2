import { observationCount } from '../gate/adaptive-gate.ts'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A row that counted nothing but changes: the other observations tell nothing, and a stream less local than the row costs too much. */
function upgradeRow(row: unknown, index: number): unknown {
  if (!isFields(row) || !Array.isArray(row['observedChangeRates'])) return row
  const { observedChangeRates, ...rest } = row
  const even = observationCount / 3
  const events = (rate: number): number[] => [1 - rate, 1 - rate, 0, 0, rate, rate].map((chance) => chance / even)
  return { ...rest, observed: observedChangeRates.map((rate, locality) => ({ events: events(Number(rate)), coverage: row['coverage'], loss: locality > index ? 1 : 0 })) }
}

function upgradeGate(gate: unknown): unknown {
  if (!isFields(gate) || !Array.isArray(gate['localities'])) return gate
  return { ...gate, localities: gate['localities'].map(upgradeRow) }
}

/**
 * An older manifest in the words of today's. Version 1 had one gate for every locality, asked the way it was asked then, and no deltas;
 * early ones of version 2 counted changes alone. Anything else is handed back as it is, for the schema to judge.
 */
export function upgradeManifest(value: unknown): unknown {
  if (!isFields(value)) return value
  const { gate } = value
  if (value['schemaVersion'] !== 1) return { ...value, gate: upgradeGate(gate) }
  return {
    ...value,
    schemaVersion: 2,
    selector: { keepShare: 1 },
    gate: isFields(gate) ? { order: 'recent-first', asksGeneralist: false, localities: [], ...gate } : gate,
  }
}
