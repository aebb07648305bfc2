import { measured, points } from './html/number-format.ts'
import type { ReportData } from './report-data.ts'
import {
  cacheNetName,
  compareMetrics,
  fixedGateName,
  keepsLine,
  strategiesOf,
  streamTitle,
  type Outcome,
  type Strategy,
} from './strategies.ts'

export interface Finding {
  readonly sentence: string
  /** The numbers behind it, one line a stream. */
  readonly numbers: readonly string[]
}

export interface Verdict {
  /** Where something simpler is as good or better, or a promise is not kept. */
  readonly lost: readonly Finding[]
  readonly won: readonly Finding[]
}

interface StreamCase {
  readonly stream: string
  readonly numbers: string
}

const finding = (words: string, cases: readonly StreamCase[]): Finding => ({
  // "i.i.d." brings its own full stop.
  sentence: `${words} ${cases.map(({ stream }) => stream).join('; ')}.`.replace(/\.\.$/, '.'),
  numbers: cases.map(({ stream, numbers }) => `${stream}: ${numbers}`),
})

const plain = (sentence: string): Finding => ({ sentence, numbers: [] })

const outcomes: readonly {
  readonly outcome: Outcome
  readonly say: (ours: string, other: string) => string
}[] = [
  { outcome: 'behind', say: (ours, other) => `${other} is better than ${ours} on` },
  { outcome: 'equal', say: (ours, other) => `${other} is as good as ${ours} on` },
  {
    outcome: 'mixed',
    say: (ours, other) =>
      `Of ${other} and ${ours} neither keeps the accuracy line, one covers more and the other is more accurate on`,
  },
  { outcome: 'ahead', say: (ours, other) => `${ours} is ahead of ${other} on` },
]

/** How a share is written, with its interval where it was measured on few images. */
type Share = (share: number) => string

/** A sentence for each outcome, with the streams on which it came out so. */
function againstOpponent(ours: Strategy, other: Strategy, tolerance: number, percent: Share): Verdict {
  const compared = Object.entries(ours.streams).flatMap(([key, mine]) => {
    const theirs = other.streams[key]
    if (theirs === undefined) return []
    const outcome = compareMetrics(mine, theirs, tolerance)
    const [first, second] = outcome === 'ahead' ? [mine, theirs] : [theirs, mine]
    const numbers = `coverage ${percent(first.coverage)} against ${percent(second.coverage)}, accuracy ${percent(first.accuracy)} against ${percent(second.accuracy)}`
    return [{ outcome, stream: streamTitle(key), numbers }]
  })
  const findings = outcomes.flatMap(({ outcome, say }) => {
    const cases = compared.filter((entry) => entry.outcome === outcome)
    return cases.length === 0
      ? []
      : [{ isWon: outcome === 'ahead', found: finding(say(ours.name, other.name), cases) }]
  })
  const findingsWhere = (isWon: boolean): Finding[] =>
    findings.filter((entry) => entry.isWon === isWon).map(({ found }) => found)
  return { lost: findingsWhere(false), won: findingsWhere(true) }
}

function accuracyLine(ours: Strategy, tolerance: number, percent: Share): Verdict {
  const missed = Object.entries(ours.streams).filter(([, metrics]) => !keepsLine(metrics, tolerance))
  if (missed.length === 0)
    return { lost: [], won: [plain(`${ours.name} keeps the accuracy line on every stream.`)] }
  const cases = missed.map(([key, { accuracy, edgeSceneAccuracy }]): StreamCase => ({
    stream: streamTitle(key),
    numbers: `${percent(accuracy)} against ${percent(edgeSceneAccuracy)}, ${points(accuracy - edgeSceneAccuracy)} points`,
  }))
  return { lost: [finding(`${ours.name} misses the accuracy line on`, cases)], won: [] }
}

function insideRegions({ evaluation }: ReportData): Verdict {
  type Region = (typeof evaluation.inRegion)[number]
  const shareIn = (region: Region): Share => measured(region.images)
  const say = (words: string, regions: readonly Region[], opponent: (region: Region) => number): Finding[] =>
    regions.length === 0
      ? []
      : [
          plain(
            `${words}: ${regions.map((region) => `${region.partition} (${shareIn(region)(region.accuracy)} against ${shareIn(region)(opponent(region))})`).join(', ')}.`,
          ),
        ]
  const ofFull = ({ fullPriorAccuracy }: Region): number => fullPriorAccuracy
  const ofGeneralist = ({ generalistAccuracy }: Region): number => generalistAccuracy
  const ofPrior = ({ priorAccuracy }: Region): number => priorAccuracy
  const ofHead = ({ headAccuracy }: Region): number => headAccuracy ?? -1
  const { inRegion } = evaluation
  return {
    lost: [
      ...say(
        'Inside its region, less accurate than the full model that is told the region',
        inRegion.filter((region) => region.accuracy < ofFull(region)),
        ofFull,
      ),
      ...say(
        'Inside its region, no more accurate than the generalist it started from',
        inRegion.filter((region) => region.accuracy <= ofGeneralist(region)),
        ofGeneralist,
      ),
      ...say(
        'Inside its region, no more accurate than the generalist that is told the region',
        inRegion.filter((region) => region.accuracy <= ofPrior(region)),
        ofPrior,
      ),
      ...say(
        'Inside its region, no more accurate than the generalist with a head trained anew',
        inRegion.filter((region) => region.accuracy <= ofHead(region)),
        ofHead,
      ),
    ],
    won: say(
      'Inside its region, at least as accurate as the full model that is told the region',
      inRegion.filter((region) => region.accuracy >= ofFull(region)),
      ofFull,
    ),
  }
}

/** What a reader should know before any chart: where CacheNet is not worth having, in plain sentences. */
export function verdictOf(data: ReportData): Verdict {
  const { evaluation, manifest, accuracyTolerance } = data
  const hasPartitions = manifest.partitions.length > 0
  const percent = measured(evaluation.images)
  const strategies = strategiesOf(evaluation, hasPartitions)
  const find = (name: string): Strategy => strategies.find((strategy) => strategy.name === name)!
  if (!hasPartitions) {
    const alone = 'The bundle has no partitions: the generalist alone answers on the phone, a Cascade.'
    const line = accuracyLine(find('Cascade + scene'), accuracyTolerance, percent)
    return { lost: [plain(alone), ...line.lost], won: line.won }
  }
  const ours = find(cacheNetName)
  const parts = [
    ...['Cascade', 'Cascade + scene', fixedGateName].map((name) =>
      againstOpponent(ours, find(name), accuracyTolerance, percent),
    ),
    accuracyLine(ours, accuracyTolerance, percent),
    insideRegions(data),
  ]
  return { lost: parts.flatMap(({ lost }) => lost), won: parts.flatMap(({ won }) => won) }
}
