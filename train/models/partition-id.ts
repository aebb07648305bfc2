/** What bundles, tables and temperatures call a partition. */
export const partitionId = (index: number): string => `p${index + 1}`

/** What tables and temperatures call a partition in the form of its delta. */
export const deltaId = (index: number): string => `${partitionId(index)}-delta`

/** Which partition an id of a table is of, as whole or as delta; undefined for the generalist. */
export function partitionIndex(id: string): number | undefined {
  const found = /^p(\d+)(-delta)?$/.exec(id)?.[1]
  return found === undefined ? undefined : Number(found) - 1
}
