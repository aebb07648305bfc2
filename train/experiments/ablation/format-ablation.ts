import { mean } from '../../../core/mean.ts'
import { baselineName, type VariantOutcome, type VariantResult } from './run-ablation.ts'

type Measure = Exclude<keyof VariantResult, 'variant' | 'seed'>

const columns: readonly { readonly title: string; readonly measure: Measure }[] = [
  { title: 'accuracy in region', measure: 'accuracyInRegion' },
  { title: 'coverage', measure: 'coverage' },
  { title: 'accuracy lost on streams', measure: 'accuracyLoss' },
  { title: 'smallest share', measure: 'smallestShare' },
  { title: 'largest share', measure: 'largestShare' },
  { title: 'AUROC outside', measure: 'aurocOutside' },
]

/** Standard deviation of a sample; 0 for one value. */
function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return values.length < 2
    ? 0
    : Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}

const points = (share: number): string => (share * 100).toFixed(1)

/**
 * The ablation as a Markdown table: the baseline's means in percent, and of each variant the mean difference
 * from the baseline of the same seed in points, with the spread (standard deviation) of the differences over
 * the seeds. A variant says of how many seeds it is where others left a region empty.
 */
export function formatAblation(outcomes: readonly VariantOutcome[]): string {
  const results = outcomes.filter((outcome): outcome is VariantResult => !('failure' in outcome))
  const of = (variant: string): VariantResult[] => results.filter((result) => result.variant === variant)
  const baseline = of(baselineName)
  const variants = [...new Set(outcomes.map(({ variant }) => variant))].filter(
    (variant) => variant !== baselineName,
  )
  const differences = (variant: string, measure: Measure): number[] =>
    of(variant).flatMap((result) =>
      baseline.filter(({ seed }) => seed === result.seed).map((base) => result[measure] - base[measure]),
    )
  const titleOf = (variant: string): string => {
    const seeds = outcomes.filter((outcome) => outcome.variant === variant).length
    const empty = seeds - of(variant).length
    return empty === 0 ? variant : `${variant} (a region stayed empty with ${empty} of ${seeds} seeds)`
  }
  const cell = (values: readonly number[], isSigned: boolean): string => {
    if (values.length === 0) return ''
    const sign = isSigned && mean(values) >= 0 ? '+' : ''
    return `${sign}${points(mean(values))}${values.length > 1 ? ` ± ${points(deviation(values))}` : ''}`
  }
  const rows = [
    [
      `${baselineName}, n = ${baseline.length}`,
      ...columns.map(({ measure }) =>
        cell(
          baseline.map((result) => result[measure]),
          false,
        ),
      ),
    ],
    ...variants.map((variant) => [
      titleOf(variant),
      ...columns.map(({ measure }) => cell(differences(variant, measure), true)),
    ]),
  ]
  return [['variant', ...columns.map(({ title }) => title)], columns.map(() => '---').concat('---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}
