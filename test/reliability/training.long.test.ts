import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRandom } from '../../core/random.ts'
import { damageCheckpoints } from '../../train/testing/damage-checkpoints.ts'
import { damageNewest, resultOf, trainSmall } from './killed-training.ts'
import { recordReliability } from './record-reliability.ts'

const seed = Number(process.env['TRAINING_SEED'] ?? 20)
const kills = Number(process.env['TRAINING_KILLS'] ?? 24)
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-kills-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const trainingFolder = (name: string): Promise<string> => mkdtemp(join(folder, name))

it(
  `a training that is killed ${kills} times at random ends with the bits of the undisturbed one`,
  { timeout: 3_600_000 },
  async () => {
    const random = createRandom(seed)
    const undisturbed = await trainingFolder('whole')
    const startedAt = performance.now()
    expect(await trainSmall(undisturbed)).toMatchObject({ code: 0 })
    const wholeMs = performance.now() - startedAt
    const expected = await resultOf(undisturbed)

    // A life is a sixth of a training on average, so that each training is killed several times, in every
    // stage.
    const lifeMs = (): number => random.next() * Math.min(wholeMs / 3, 6_000)
    let [killed, resumed, spoiled, trainings] = [0, 0, 0, 0]
    while (killed < kills) {
      const one = await trainingFolder('killed')
      let damagedPath: string | undefined
      for (;;) {
        const isLast = killed >= kills
        const { isKilled, code, output } = await trainSmall(one, isLast ? undefined : lifeMs())
        if (damagedPath !== undefined && !isKilled)
          expect(output).toContain(`${damagedPath} is no whole checkpoint`)
        if (!isKilled) {
          expect({ code, output }).toMatchObject({ code: 0 })
          break
        }
        killed += 1
        // Every third time the disk has spoiled the newer checkpoint as well.
        damagedPath = killed % 3 === 0 ? await damageNewest(one, random) : undefined
        if (damagedPath !== undefined) spoiled += 1
      }
      expect(await resultOf(one)).toEqual(expected)
      trainings += 1
      resumed = killed
    }
    await recordReliability(
      'training kills',
      { trainingKills: killed, trainingKillsResumed: resumed },
      { trainings, spoiledBesides: spoiled, seed },
    )
  },
)

it('2,000 checkpoints with random damage are noticed', async () => {
  const { damaged, noticed, failures } = await damageCheckpoints(2000, seed)
  await recordReliability(
    'checkpoints',
    { checkpointsDamaged: damaged, checkpointsNoticed: noticed },
    { seed },
  )
  expect(failures).toEqual([])
})
