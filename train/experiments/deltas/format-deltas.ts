import { percent } from '../../../core/percent.ts'
import type { FormResult } from './run-deltas.ts'

/**
 * The forms of a partition as a Markdown table: bytes, accuracy inside the regions, and what each stream
 * answers on the device.
 */
export function formatDeltas(results: readonly FormResult[]): string {
  const streams = Object.keys(results[0]?.streams ?? {})
  const head = ['form', 'kB', 'right in region', 'AUROC outside', ...streams]
  const rows = results.map(({ form, bytes, accuracyInRegion, aurocOutside, streams: table }) => [
    form,
    (bytes / 1000).toFixed(1),
    percent(accuracyInRegion),
    aurocOutside.toFixed(3),
    ...streams.map((name) => {
      const { coverage, accuracy, edgeSceneAccuracy } = table[name]!
      return `${percent(coverage)} (${((accuracy - edgeSceneAccuracy) * 100).toFixed(1)})`
    }),
  ])
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
