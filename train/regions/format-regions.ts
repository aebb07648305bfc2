import { agreement, classShares } from './compare-regions.ts'

/** A code of one seed, on the same validation images as all others. */
export interface SeededCode {
  readonly seed: number
  /** Partition that the code gives each image to. */
  readonly chosen: readonly number[]
}

/** Below this share of a class a region is not said to hold it. */
const namedShare = 0.25

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

function regionsOf({ seed, chosen }: SeededCode, labels: ArrayLike<number>, classNames: readonly string[], partitions: number): string[] {
  const shares = classShares(chosen, labels, classNames.length, partitions)
  const lines = Array.from({ length: partitions }, (_, partition) => {
    const held = shares.flatMap((row, classIndex) => (row[partition]! >= namedShare ? [{ name: classNames[classIndex]!, share: row[partition]! }] : [])).sort((a, b) => b.share - a.share)
    const all = chosen.filter((index) => index === partition).length / Math.max(1, chosen.length)
    return `  p${partition + 1}  ${percent(all).padStart(4)}  ${held.map(({ name, share }) => `${name} ${percent(share)}`).join(', ')}`
  })
  const ofClass = shares.map((row) => [...row].sort((a, b) => b - a))
  const mean = ofClass.reduce((sum, [largest = 0]) => sum + largest, 0) / Math.max(1, ofClass.length)
  const least = ofClass.map(([largest = 0, second = 0], index) => ({ name: classNames[index]!, share: largest + second })).sort((a, b) => a.share - b.share)[0]
  return [
    `Seed ${seed}: of a class ${percent(mean)} on average lie in one region; in its two largest at least ${percent(least?.share ?? 0)} (${least?.name ?? ''})`,
    ...lines,
  ]
}

/** Which classes lie where with each seed, and how many images the codes put into the same regions. */
export function formatRegions(codes: readonly SeededCode[], labels: ArrayLike<number>, classNames: readonly string[], partitions: number): string {
  const pairs = codes.flatMap((first, index) => codes.slice(index + 1).map((other) => `  seeds ${first.seed} and ${other.seed}: ${percent(agreement(first.chosen, other.chosen, partitions))}`))
  return [...codes.flatMap((code) => regionsOf(code, labels, classNames, partitions)), ...(pairs.length === 0 ? [] : ['', 'Validation images in the same region:', ...pairs])].join('\n')
}
