import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { formatDuration } from './progress.ts'
import { RunFolder } from './run-folder.ts'
import { formatTable } from './summary.ts'
import { writeAtomically } from './write-atomically.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-run-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('RunFolder', () => {
  const identity = { dataset: 'walkers', data: null, config: { seed: 1 } }

  it('resumes the same run, and adds up its time', async () => {
    await RunFolder.open(join(folder, 'r'), identity, false)
    const run = await RunFolder.open(join(folder, 'r'), identity, true)
    expect(await run.addElapsed(10.2)).toBe(10)
    expect(await run.addElapsed(5)).toBe(15)
  })

  it.each(['garbage', '', 'NaN', '-5', '1e400', '1e99', '{'])(
    'counts a damaged time as nothing: %j',
    async (content) => {
      const run = await RunFolder.open(join(folder, 'r'), identity, false)
      await writeFile(join(run.path, 'elapsed.json'), content)
      expect(await run.addElapsed(5)).toBe(5)
      expect(await run.addElapsed(5)).toBe(10)
    },
  )

  it('gives up the time, and not the training, where it cannot be written', async () => {
    const run = await RunFolder.open(join(folder, 'r'), identity, false)
    await mkdir(join(run.path, 'elapsed.json', 'in the way'), { recursive: true })
    expect(await run.addElapsed(5)).toBe(5)
  })

  it('takes away what a process left that was killed while it wrote', async () => {
    const path = join(folder, 'r')
    await mkdir(join(path, 'checkpoints'), { recursive: true })
    for (const name of ['checkpoints/full.bin.4711.tmp', 'run.json.12.tmp', 'mine.tmp'])
      await writeFile(join(path, name), 'half')
    await RunFolder.open(path, identity, false)
    expect((await readdir(path)).sort()).toEqual(['checkpoints', 'mine.tmp', 'run.json', 'run.lock'])
    expect(await readdir(join(path, 'checkpoints'))).toEqual([])
  })

  it('takes over what another run has trained, and says where there is nothing', async () => {
    const from = await RunFolder.open(join(folder, 'from'), identity, false)
    await writeCheckpoint(from.checkpointPath('full.bin'), 7, [Float32Array.from([1, 2])])
    const run = await RunFolder.open(join(folder, 'to'), identity, false)
    await run.takeCheckpoint(from.path, 'full.bin')
    const values = new Float32Array(2)
    expect(await readCheckpoint(run.checkpointPath('full.bin'), [values])).toBe(7)
    expect([...values]).toEqual([1, 2])
    await expect(run.takeCheckpoint(join(folder, 'nowhere'), 'full.bin')).rejects.toMatchObject({
      code: 'checkpoint-invalid',
    })
  })

  it('refuses another config, a run that is not there, and starting over one that is', async () => {
    const invalid = { code: 'checkpoint-invalid' }
    await expect(RunFolder.open(join(folder, 'r'), identity, true)).rejects.toMatchObject(invalid)
    await RunFolder.open(join(folder, 'r'), identity, false)
    await expect(
      RunFolder.open(join(folder, 'r'), { ...identity, config: { seed: 2 } }, true),
    ).rejects.toMatchObject(invalid)
    await expect(RunFolder.open(join(folder, 'r'), identity, false)).rejects.toMatchObject(invalid)
  })

  it('goes on with a run of a program that had settings besides, where they changed nothing', async () => {
    const path = join(folder, 'r')
    const optimizer = { epochs: 3 }
    const stored = (rank: number): typeof identity => ({
      ...identity,
      config: { seed: 1, ...{ delta: { rank, optimizer: { ...optimizer, lowRankRate: 0 } } } },
    })
    const now = { ...identity, config: { seed: 1, delta: { optimizer } } }
    await RunFolder.open(path, stored(0), false)
    await expect(RunFolder.open(path, now, true)).resolves.toBeInstanceOf(RunFolder)
    const other = join(folder, 'other')
    await RunFolder.open(other, stored(2), false)
    await expect(RunFolder.open(other, now, true)).rejects.toThrow(/delta\.rank was 2/)
  })

  it('names the flag that helps, and what differs', async () => {
    const path = join(folder, 'r')
    await RunFolder.open(path, identity, false)
    await expect(RunFolder.open(path, identity, false)).rejects.toThrow(
      /--resume goes on.*--anew throws it away/,
    )
    await expect(RunFolder.open(path, { ...identity, config: { seed: 2 } }, true)).rejects.toThrow(
      /seed was 1 and is 2\..*--anew/,
    )
    await expect(RunFolder.requireStart(path, 'new')).rejects.toMatchObject({ code: 'checkpoint-invalid' })
    await expect(RunFolder.requireStart(join(folder, 'nowhere'), 'resume')).rejects.toMatchObject({
      code: 'checkpoint-invalid',
    })
    for (const start of ['resume', 'anew'] as const) await RunFolder.requireStart(path, start)
    for (const start of ['new', 'anew'] as const) await RunFolder.requireStart(join(folder, 'nowhere'), start)
  })

  it("begins anew without what the run before has learnt, and touches nobody else's files", async () => {
    const path = join(folder, 'r')
    const before = await RunFolder.open(path, identity, false)
    await writeCheckpoint(before.checkpointPath('full.bin'), 7, [Float32Array.from([1, 2])])
    await before.log({ step: 1 })
    await before.addElapsed(5)
    await writeFile(join(path, 'notes.txt'), 'mine')
    await RunFolder.remove(path)
    expect((await readdir(path)).sort()).toEqual(['notes.txt', 'run.lock'])
    const run = await RunFolder.open(path, { ...identity, config: { seed: 2 } }, false)
    expect(await readCheckpoint(run.checkpointPath('full.bin'), [new Float32Array(2)])).toBeUndefined()
    expect(await run.addElapsed(1)).toBe(1)
  })
})

describe('the data of a run', () => {
  const before = {
    dataset: 'folder',
    data: '/a',
    config: { seed: 1 },
    classNames: ['ant', 'bee'],
    digest: '1'.repeat(64),
    pixels: 2,
    places: null,
  }
  const resume = (changes: object): Promise<unknown> =>
    RunFolder.open(join(folder, 'r'), { ...before, ...changes }, true)
  beforeEach(() => RunFolder.open(join(folder, 'r'), before, false))

  it('may lie elsewhere', async () => {
    await expect(resume({ data: '/b' })).resolves.toBeInstanceOf(RunFolder)
  })

  it.each([
    [{ classNames: ['ant', 'cat'] }, 'class 2 was “bee” and is “cat”'],
    [{ classNames: ['ant'] }, 'class 2 was “bee” and is nothing'],
    [{ digest: '2'.repeat(64) }, 'The images are others'],
    [{ pixels: 3 }, 'reads other pixels'],
    [{ places: [{ name: 'wood', weights: { ant: 1 } }] }, 'then none; now “wood”'],
    [{ config: { seed: 2 } }, 'seed was 1 and is 2'],
  ])('is refused where it is other, and what differs is named: %j', async (changes, text) => {
    await expect(resume(changes)).rejects.toMatchObject({
      code: 'checkpoint-invalid',
      message: expect.stringContaining(text) as string,
    })
  })

  it('of an older run is taken as it is, and held to from then on', async () => {
    await writeFile(
      join(folder, 'r/run.json'),
      JSON.stringify({ dataset: 'folder', data: '/a', config: { seed: 1 } }),
    )
    await resume({})
    await expect(resume({ digest: '3'.repeat(64) })).rejects.toMatchObject({ code: 'checkpoint-invalid' })
  })
})

describe('what people read', () => {
  it('writes files whole', async () => {
    await writeAtomically(join(folder, 'deep/er/file'), 'content')
    expect(await readFile(join(folder, 'deep/er/file'), 'utf8')).toBe('content')
  })

  it('leaves no half of a file where one cannot be written', async () => {
    await mkdir(join(folder, 'taken/by'), { recursive: true })
    await expect(writeAtomically(join(folder, 'taken'), 'content')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('says durations as people do', () => {
    expect([4.4, 75, 3600 * 2 + 60 * 5].map(formatDuration)).toEqual(['4s', '1m 15s', '2h 5m'])
  })

  it('lines tables up', () => {
    expect(
      formatTable(
        ['a', 'b'],
        [
          ['x', '100'],
          ['longer', '2'],
        ],
      ),
    ).toBe('a         b\n──────  ───\nx       100\nlonger    2')
  })
})
