import type { Partition } from '../../core/bundle/manifest.ts'
import { countVisits } from '../../core/places/count-visits.ts'
import type { CheckedAnswers } from '../../core/places/drift.ts'
import { placeLimits, type Sight } from '../../core/places/find-places.ts'
import { mostReportedClasses, type PlaceReport } from '../../core/wire/place-report.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import type { Try } from './places-memory.ts'

interface ReportFacts {
  readonly place: PlaceReport['place']
  readonly atMs: number
  /** Of its kept frames, in their order. */
  readonly timesMs: readonly number[]
  /** The partition that was learned of it. */
  readonly partition: Partition | undefined
  readonly tried: Try | undefined
  readonly answers: CheckedAnswers
  readonly sight: Sight | undefined
  readonly bundle: Pick<StoredBundle, 'manifest' | 'manifestHash'>
}

const timeOf = (atMs: number): string => new Date(atMs).toISOString()

function keptOf(timesMs: readonly number[]): PlaceReport['kept'] {
  const [first, last] = [timesMs[0], timesMs.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return { first: timeOf(first), last: timeOf(last), visits: countVisits(timesMs) }
}

function learnedFrom(
  partition: Partition | undefined,
  timesMs: readonly number[],
): PlaceReport['learnedFrom'] {
  const learned = partition?.learned
  if (partition === undefined || learned === undefined) return undefined
  const before = timesMs.filter((atMs) => atMs <= Date.parse(learned.at))
  return {
    frames: learned.frames,
    ...(before.length === 0 ? {} : { visits: countVisits(before) }),
    ...(learned.replaced === undefined ? {} : { replaced: learned.replaced.id }),
    ...(learned.light === undefined ? {} : { light: learned.light }),
    sha256: partition.whole.sha256,
  }
}

const classesOf = (sight: Sight | undefined, classNames: readonly string[]): PlaceReport['classes'] =>
  classNames
    .map((name, index) => ({ name, share: Math.min(1, sight?.classes[index] ?? 0) }))
    .filter(({ share }) => share >= placeLimits.leastShare)
    .sort((a, b) => b.share - a.share)
    .slice(0, mostReportedClasses)

/** All that is known of a place, as it goes over the wire. */
export function reportOfPlace(facts: ReportFacts): PlaceReport {
  const { place, atMs, timesMs, partition, tried, answers, sight, bundle } = facts
  const { manifest, manifestHash } = bundle
  const kept = keptOf(timesMs)
  const from = learnedFrom(partition, timesMs)
  return {
    place,
    at: timeOf(atMs),
    ...(kept === undefined ? {} : { kept }),
    ...(from === undefined ? {} : { learnedFrom: from }),
    ...(tried === undefined ? {} : { tried: { at: timeOf(tried.atMs), message: tried.message } }),
    checks: { answers: answers.length, unlike: answers.filter((isAlike) => !isAlike).length },
    classes: classesOf(sight, manifest.classNames),
    bundle: { id: manifest.id, createdAt: manifest.createdAt, manifestSha256: manifestHash },
  }
}
