import { observationCount } from '../gate/adaptive-gate.ts'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A row that counted nothing but changes: the other observations tell nothing, and a stream less local than the row costs too much. */
function upgradeRow(row: unknown, index: number): unknown {
  if (!isFields(row)) return row
  if (Array.isArray(row['observed'])) return { ...row, observed: row['observed'].map(upgradeObserved) }
  if (!Array.isArray(row['observedChangeRates'])) return row
  const { observedChangeRates, ...rest } = row
  const even = observationCount / 3
  const events = (rate: number): number[] => [1 - rate, 0, rate].flatMap((chance) => new Array<number>(even).fill(chance / even))
  return { ...rest, observed: observedChangeRates.map((rate, locality) => ({ events: events(Number(rate)), coverage: row['coverage'], loss: locality > index ? 1 : 0 })) }
}

/** Counts of answers that are repeated and of all others: of those, recent ones and new ones are taken for equally many. */
function upgradeObserved(observed: unknown): unknown {
  if (!isFields(observed)) return observed
  const { events } = observed
  if (!Array.isArray(events) || events.length !== 6) return observed
  return { ...observed, events: events.flatMap((share, place) => (place % 2 === 0 ? [share as unknown] : [Number(share) / 2, Number(share) / 2])) }
}

function upgradeGate(gate: unknown): unknown {
  if (!isFields(gate) || !Array.isArray(gate['localities'])) return gate
  return { ...gate, localities: gate['localities'].map(upgradeRow) }
}

/**
 * An older manifest in the words of today's. Version 1 had one gate for every locality, asked the way it was asked then, and no deltas;
 * early ones of version 2 counted changes alone, later ones knew of an answer only whether it repeats the one before. Anything else is handed back as it is, for the schema to judge.
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
