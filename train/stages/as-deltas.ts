import type { AnswerTable } from '../../core/gate/answer-table.ts'

/** The answers of the deltas under the names of their partitions. */
export function asDeltas(table: AnswerTable): AnswerTable {
  const renamed = <Value>(of: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map(
      [...of].map(([id, value], _, entries) => [
        id,
        entries.find(([other]) => other === `${id}-delta`)?.[1] ?? value,
      ]),
    )
  const { probabilitiesOf, strange } = table
  return {
    ...table,
    entropies: renamed(table.entropies),
    answers: renamed(table.answers),
    ...(strange === undefined ? {} : { strange: renamed(strange) }),
    ...(probabilitiesOf === undefined
      ? {}
      : {
          probabilitiesOf: (id: string) =>
            probabilitiesOf(table.entropies.has(`${id}-delta`) ? `${id}-delta` : id),
        }),
  }
}
