import { percent, points } from './html/number-format.ts'
import type { ReportData } from './report-data.ts'
import { cacheNetName, compareMetrics, keepsLine, strategiesOf, streamTitle, type Outcome, type Strategy } from './strategies.ts'

export interface Verdict {
  /** Where something simpler is as good or better, or a promise is not kept. */
  readonly lost: readonly string[]
  readonly won: readonly string[]
}

const outcomeWords: Record<Exclude<Outcome, 'ahead'>, string> = {
  behind: 'is better than',
  equal: 'is as good as',
  mixed: 'leads in one of coverage and accuracy and trails in the other against',
}

function againstOpponent(ours: Strategy, other: Strategy, tolerance: number): Verdict {
  const [lost, ahead]: [string[], string[]] = [[], []]
  for (const [key, mine] of Object.entries(ours.streams)) {
    const theirs = other.streams[key]
    if (theirs === undefined) continue
    const outcome = compareMetrics(mine, theirs, tolerance)
    if (outcome === 'ahead') {
      ahead.push(`${streamTitle(key)} (coverage ${percent(mine.coverage)} against ${percent(theirs.coverage)}${keepsLine(theirs, tolerance) ? '' : ', which misses the accuracy line'})`)
      continue
    }
    const accuracies = `accuracy of the whole ${percent(theirs.accuracy)} against ${percent(mine.accuracy)}`
    lost.push(`On ${streamTitle(key)}, ${other.name} ${outcomeWords[outcome]} ${ours.name}: coverage ${percent(theirs.coverage)} against ${percent(mine.coverage)}, ${accuracies}.`)
  }
  return { lost, won: ahead.length === 0 ? [] : [`${ours.name} is ahead of ${other.name} on ${ahead.join('; ')}.`] }
}

function accuracyLine(ours: Strategy, tolerance: number): Verdict {
  const missed = Object.entries(ours.streams).filter(([, metrics]) => !keepsLine(metrics, tolerance))
  const line = `the full model’s accuracy less ${(tolerance * 100).toFixed(1)} points`
  if (missed.length === 0) return { lost: [], won: [`${ours.name} keeps the accuracy line (${line}) on every stream.`] }
  return {
    lost: missed.map(([key, { accuracy, fullAccuracy }]) => `On ${streamTitle(key)}, ${ours.name} misses the accuracy line (${line}): ${percent(accuracy)} against ${percent(fullAccuracy)}, ${points(accuracy - fullAccuracy)} points.`),
    won: [],
  }
}

function insideRegions({ evaluation }: ReportData): Verdict {
  const [lost, ahead]: [string[], string[]] = [[], []]
  for (const { partition, accuracy, fullAccuracy, generalistAccuracy } of evaluation.inRegion) {
    if (accuracy < fullAccuracy) lost.push(`Inside its region, ${partition} is less accurate than the full model: ${percent(accuracy)} against ${percent(fullAccuracy)}.`)
    else ahead.push(`${partition} (${percent(accuracy)} against ${percent(fullAccuracy)})`)
    if (accuracy <= generalistAccuracy) lost.push(`Inside its region, ${partition} is no more accurate than the generalist it started from: ${percent(accuracy)} against ${percent(generalistAccuracy)}.`)
  }
  return { lost, won: ahead.length === 0 ? [] : [`Inside its region, at least as accurate as the full model: ${ahead.join(', ')}.`] }
}

/** What a reader should know before any chart: where CacheNet is not worth having, in plain sentences. */
export function verdictOf(data: ReportData): Verdict {
  const { evaluation, manifest, accuracyTolerance } = data
  const hasPartitions = manifest.partitions.length > 0
  const strategies = strategiesOf(evaluation, hasPartitions)
  const find = (name: string): Strategy => strategies.find((strategy) => strategy.name === name)!
  if (!hasPartitions) {
    const alone = 'The bundle has no partitions: training found that the generalist alone, a plain Cascade, serves as well as a cache of specialists.'
    const line = accuracyLine(find('Cascade'), accuracyTolerance)
    return { lost: [alone, ...line.lost], won: line.won }
  }
  const ours = find(cacheNetName)
  const parts = [
    accuracyLine(ours, accuracyTolerance),
    ...['Cascade', 'Cascade + prior', `${cacheNetName}, fixed gate`].map((name) => againstOpponent(ours, find(name), accuracyTolerance)),
    insideRegions(data),
  ]
  return { lost: parts.flatMap(({ lost }) => lost), won: parts.flatMap(({ won }) => won) }
}
