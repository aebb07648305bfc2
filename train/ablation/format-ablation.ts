import { baselineName, type VariantResult } from './run-ablation.ts'

type Measure = Exclude<keyof VariantResult, 'variant' | 'seed'>

const columns: readonly { readonly title: string; readonly measure: Measure }[] = [
  { title: 'accuracy in region', measure: 'accuracyInRegion' },
  { title: 'coverage', measure: 'coverage' },
  { title: 'accuracy lost on streams', measure: 'accuracyLoss' },
  { title: 'smallest share', measure: 'smallestShare' },
  { title: 'largest share', measure: 'largestShare' },
  { title: 'AUROC outside', measure: 'aurocOutside' },
]

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Standard deviation of a sample; 0 for one value. */
function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}

const points = (share: number): string => (share * 100).toFixed(1)

/**
 * The ablation as a Markdown table: the baseline's means in percent, and of each variant the mean difference from the baseline of the
 * same seed in points, with the spread (standard deviation) of the differences over the seeds.
 */
export function formatAblation(results: readonly VariantResult[]): string {
  const of = (variant: string): VariantResult[] => results.filter((result) => result.variant === variant)
  const baseline = of(baselineName)
  const variants = [...new Set(results.map(({ variant }) => variant))].filter((variant) => variant !== baselineName)
  const differences = (variant: string, measure: Measure): number[] =>
    of(variant).flatMap((result) => baseline.filter(({ seed }) => seed === result.seed).map((base) => result[measure] - base[measure]))
  const cell = (values: readonly number[], isSigned: boolean): string => {
    const sign = isSigned && mean(values) >= 0 ? '+' : ''
    return `${sign}${points(mean(values))}${values.length > 1 ? ` ± ${points(deviation(values))}` : ''}`
  }
  const rows = [
    [`${baselineName}, n = ${baseline.length}`, ...columns.map(({ measure }) => cell(baseline.map((result) => result[measure]), false))],
    ...variants.map((variant) => [variant, ...columns.map(({ measure }) => cell(differences(variant, measure), true))]),
  ]
  return [['variant', ...columns.map(({ title }) => title)], columns.map(() => '---').concat('---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
