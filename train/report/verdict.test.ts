import { describe, expect, it } from 'vitest'
import { sampleReport } from './testing/sample-report.ts'
import { verdictOf, type Finding } from './verdict.ts'

/** Sentences and the numbers under them, spaces as a keyboard makes them. */
const linesOf = (findings: readonly Finding[]): string[] =>
  findings
    .flatMap(({ sentence, numbers }) => [sentence, ...numbers])
    .map((line) => line.replaceAll('\u00a0', ' '))

/** The sample, measured on so many images that figures stand alone. */
async function manyImages(): ReturnType<typeof sampleReport> {
  const data = await sampleReport()
  const inRegion = data.evaluation.inRegion.map((region) => ({ ...region, images: 5_000 }))
  return { ...data, evaluation: { ...data.evaluation, images: 10_000, inRegion } }
}

describe('verdictOf', () => {
  it('has intervals where test images are few', async () => {
    const { lost } = verdictOf(await sampleReport())
    expect(linesOf(lost)).toContain(
      'Inside its region, less accurate than the full model that is told the region: p2 (84 % (63–94) against 88 % (67–96)).',
    )
    expect(linesOf(lost)).toContain(
      'i.i.d.: coverage 55 % (40–69) against 40 % (26–55), accuracy 90 % (77–96) against 90 % (77–96)',
    )
  })

  it('says on which stream the plain Cascade is better, and where CacheNet is ahead', async () => {
    const { lost, won } = verdictOf(await manyImages())
    const text = linesOf(lost)
    expect(text).toContain('Cascade is better than CacheNet on i.i.d.')
    expect(text).toContain('i.i.d.: coverage 55.0 % against 40.0 %, accuracy 89.8 % against 89.9 %')
    expect(text).toContain('Cascade + scene is as good as CacheNet on i.i.d.')
    expect(text.join()).not.toContain('places')
    expect(linesOf(won)).toContain('CacheNet is ahead of Cascade on places, L = 100.')
    expect(linesOf(won)).toContain(
      'places, L = 100: coverage 90.0 % against 60.0 %, accuracy 91.0 % against 90.0 %',
    )
    expect(linesOf(won)).toContain('CacheNet keeps the accuracy line on every stream.')
  })

  it('says which partition does not beat the full model or the generalist', async () => {
    const { lost, won } = verdictOf(await manyImages())
    expect(linesOf(lost)).toContain(
      'Inside its region, less accurate than the full model that is told the region: p2 (84.0 % against 88.0 %).',
    )
    expect(linesOf(lost)).toContain(
      'Inside its region, no more accurate than the generalist it started from: p2 (84.0 % against 85.0 %).',
    )
    expect(linesOf(lost)).toContain(
      'Inside its region, no more accurate than the generalist that is told the region: p2 (84.0 % against 86.0 %).',
    )
    expect(linesOf(lost)).toContain(
      'Inside its region, no more accurate than the generalist with a head trained anew: p2 (84.0 % against 87.0 %).',
    )
    expect(linesOf(won)).toContain(
      'Inside its region, at least as accurate as the full model that is told the region: p1 (94.0 % against 92.0 %).',
    )
  })

  it('says where the accuracy line is missed, and that a missed line is not made up for by coverage', async () => {
    const data = await manyImages()
    const poor = { ...data.evaluation.streams.iid!, accuracy: 0.85, coverage: 1 }
    const { lost, won } = verdictOf({
      ...data,
      evaluation: { ...data.evaluation, streams: { ...data.evaluation.streams, iid: poor } },
    })
    expect(linesOf(lost)).toContain('CacheNet misses the accuracy line on i.i.d.')
    expect(linesOf(lost)).toContain('i.i.d.: 85.0 % against 90.0 %, −5.0 points')
    expect(linesOf(lost)).toContain('Cascade is better than CacheNet on i.i.d.')
    expect(linesOf(won).join()).not.toContain('on every stream')
  })

  it('says that a bundle without partitions is a Cascade', async () => {
    const data = await manyImages()
    const { lost } = verdictOf({ ...data, manifest: { ...data.manifest, partitions: [] } })
    expect(linesOf(lost)[0]).toContain('a Cascade')
    expect(linesOf(lost).join()).not.toContain('CacheNet')
  })
})
