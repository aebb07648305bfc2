import { describe, expect, it } from 'vitest'
import { createAdaptiveGate } from '../../core/gate/adaptive-gate.ts'
import { generalistId } from '../../core/gate/gate.ts'
import type { AnswerTable } from '../../core/gate/answer-table.ts'
import { simulateStream } from '../../core/gate/simulate-stream.ts'
import { createRandom, type Random } from '../../core/random.ts'
import { drawFrames, sceneStream, type SceneKind } from '../../core/streams/scenes.ts'
import { calibrateLocalities, type LocalStream } from './localities.ts'
import { cascadeAt } from './threshold.ts'

const classNames = Array.from({ length: 8 }, (_, index) => `class ${index}`)
const perClass = 250
const partitions = ['p1', 'p2', 'p3', 'p4']
const regionOf = (classIndex: number): number => classIndex >> 1

/**
 * Answers as trained networks give them: certain and right at home, mostly uncertain abroad, and wrong there
 * when they are certain.
 */
function createTable(random: Random): AnswerTable {
  const images = classNames.length * perClass
  const classOf = (image: number): number => Math.floor(image / perClass)
  const answerOf = (image: number, right: number): number =>
    random.next() < right ? classOf(image) : random.integer(classNames.length)
  const network = (
    chanceOf: (image: number) => { certain: number; right: number },
  ): { entropies: Float32Array; answers: Uint8Array } => {
    const entropies = new Float32Array(images)
    const answers = new Uint8Array(images)
    for (let image = 0; image < images; image++) {
      const { certain, right } = chanceOf(image)
      const isCertain = random.next() < certain
      entropies[image] = isCertain ? 0.4 * random.next() : 0.3 + 1.5 * random.next()
      answers[image] = answerOf(image, isCertain ? right : right * 0.8)
    }
    return { entropies, answers }
  }
  const networks = new Map(
    partitions.map((id, index) => [
      id,
      network((image) =>
        regionOf(classOf(image)) === index ? { certain: 0.92, right: 0.97 } : { certain: 0.15, right: 0 },
      ),
    ]),
  )
  networks.set(
    generalistId,
    network(() => ({ certain: 0.6, right: 0.97 })),
  )
  return {
    entropies: new Map([...networks].map(([id, { entropies }]) => [id, entropies])),
    answers: new Map([...networks].map(([id, { answers }]) => [id, answers])),
    fullAnswers: Uint8Array.from({ length: images }, (_, image) => answerOf(image, 0.95)),
    labels: Uint8Array.from({ length: images }, (_, image) => classOf(image)),
    codes: Array.from({ length: images }, (_, image) =>
      partitions.map((_id, index) => (regionOf(classOf(image)) === index ? 0.85 : 0.05)),
    ),
    partitions,
  }
}

const byClass = classNames.map((_, classIndex) =>
  Array.from({ length: perClass }, (_image, index) => classIndex * perClass + index),
)
const streamOf = (kind: SceneKind, meanLength: number, frames: number, seed: string): number[] =>
  drawFrames(
    sceneStream({ kind, classNames, meanLength, frames, seed }),
    byClass,
    createRandom(`${seed}-images`),
  )

const kinds: readonly { kind: SceneKind; meanLength: number }[] = [
  { kind: 'single', meanLength: 100 },
  { kind: 'single', meanLength: 10 },
  { kind: 'pairs', meanLength: 100 },
  { kind: 'iid', meanLength: 1 },
]
const device = { cacheEntries: 2, keepShare: 1 }
const tolerance = 0.005

describe('calibrateLocalities', () => {
  const table = createTable(createRandom(1))
  const fullAccuracyOf = (images: readonly number[]): number =>
    images.filter((image) => table.fullAnswers[image] === table.labels[image]).length / images.length
  const streams = kinds.map(({ kind, meanLength }): LocalStream => ({
    changeRate: 1 / meanLength,
    images: streamOf(kind, meanLength, 6000, 'calibration'),
    table,
    classes: classNames.length,
    device,
    edgeSceneAccuracy: fullAccuracyOf(streamOf(kind, meanLength, 6000, 'calibration')),
  }))
  const rows = calibrateLocalities(streams, {
    mostProbes: 2,
    tolerance,
    cascade: cascadeAt(0.35),
    scenePriors: [],
    leastBeliefs: [0.5],
    costOf: ({ networksAsked, coverage }) => networksAsked + 20 * (1 - coverage),
  })
  const fallback = rows[0]!

  it('orders the rows by how often the region changes, and each keeps the accuracy line on its stream', () => {
    expect(rows.map(({ changeRate }) => changeRate)).toEqual(
      rows.map(({ changeRate }) => changeRate).sort((a, b) => a - b),
    )
    for (const { accuracy, fullAccuracy } of rows)
      expect(accuracy).toBeGreaterThanOrEqual(fullAccuracy - tolerance)
    expect(rows[0]!.coverage).toBeGreaterThan(rows.at(-1)!.coverage + 0.1)
  })

  it('lets the adaptive gate follow a stream whose locality changes, within half a point of the full model throughout', () => {
    const segments = [...kinds, ...[...kinds].reverse()].map(({ kind, meanLength }, index) =>
      streamOf(kind, meanLength, 5000, `segment ${index}`),
    )
    const gate = createAdaptiveGate(rows, fallback)
    const loss = (images: readonly number[]): number => {
      const { accuracy, fullAccuracy } = simulateStream(images, table, gate, device)
      return fullAccuracy - accuracy
    }
    // Growing prefixes: what a segment lost is the difference of what two prefixes lost.
    const lost = segments
      .map((_, index) => segments.slice(0, index + 1).flat())
      .map((prefix) => loss(prefix) * prefix.length)
    // Two classifiers that are right on 95 % each differ on about a tenth of the frames: three deviations of
    // the mean over a segment.
    const noise = 3 * Math.sqrt(0.1 / 5000)
    for (const [index, total] of lost.entries())
      expect((total - (lost[index - 1] ?? 0)) / 5000).toBeLessThan(tolerance + noise)
    expect(lost.at(-1)! / (5000 * segments.length)).toBeLessThan(tolerance)
  })

  it('which no single row does', () => {
    const everything = kinds.flatMap(({ kind, meanLength }, index) =>
      streamOf(kind, meanLength, 5000, `segment ${index}`),
    )
    const adaptive = simulateStream(everything, table, createAdaptiveGate(rows, fallback), device)
    for (const row of rows) {
      const fixed = simulateStream(everything, table, row, device)
      const keepsLine = fixed.accuracy >= fixed.fullAccuracy - tolerance
      expect(!keepsLine || fixed.coverage < adaptive.coverage).toBe(true)
    }
  })
})
