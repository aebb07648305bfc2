import { mean } from '../../../core/mean.ts'
import { percent } from '../../../core/percent.ts'
import { sizeInWords } from '../../models/sized-architecture.ts'
import type { FamilyTraining } from './run-family.ts'

const sizeOf = ({ network }: FamilyTraining): string =>
  network.family === 'separable'
    ? sizeInWords({ ...network, widths: [1, 1, 1] })
    : sizeInWords({ widths: network.widths })

/** A line each arm, over its seeds, as a Markdown table. */
export function formatFamily(trainings: readonly FamilyTraining[]): string {
  const arms = [...new Set(trainings.map(({ arm }) => arm))]
  return [
    '| network | size | MMACs | ms on the phone’s engine, least | kB | right, mean | least–most | n | CPU s, mean |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...arms.flatMap((arm) => {
      const own = trainings.filter((training) => training.arm === arm)
      const [first] = own
      if (first === undefined) return []
      const accuracies = own.map(({ accuracy }) => accuracy)
      const { megaMacs, ms } = first.network
      return [
        `| ${arm} | ${sizeOf(first)} | ${megaMacs.toFixed(2)} | ${ms.least.toFixed(3)} | ${Math.round(first.bytes / 1000)} | ` +
          `${percent(mean(accuracies))} | ${percent(Math.min(...accuracies))}–${percent(Math.max(...accuracies))} | ` +
          `${own.length} | ${Math.round(mean(own.map(({ cpuSeconds }) => cpuSeconds)))} |`,
      ]
    }),
  ].join('\n')
}
