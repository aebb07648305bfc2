import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { damageCheckpoints } from '../testing/damage-checkpoints.ts'
import { copyCheckpoint, readCheckpoint, slotsOf, writeCheckpoint } from './checkpoint.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-checkpoint-'))
  path = join(folder, 'a.bin')
})
afterEach(() => rm(folder, { recursive: true }))

const arrays = (first = 1): Float32Array[] => [Float32Array.from([first, -2.5, 3e-8]), Float32Array.from([7])]
const empty = (): Float32Array[] => [new Float32Array(3), new Float32Array(1)]
const invalid = { code: 'checkpoint-invalid' }

describe('a checkpoint', () => {
  it('comes back bit for bit, with its step, and nothing else stays', async () => {
    await writeCheckpoint(path, 42, arrays())
    const read = empty()
    expect(await readCheckpoint(path, read)).toBe(42)
    expect(read).toEqual(arrays())
    expect(await readdir(folder)).toEqual(['a.bin'])
  })

  it('is undefined where there is none', async () => {
    expect(await readCheckpoint(path, empty())).toBeUndefined()
  })

  it('is written in turns: the one before stays', async () => {
    for (const step of [1, 2, 3, 4, 5]) {
      await writeCheckpoint(path, step, arrays(step))
      expect(await readCheckpoint(path, empty())).toBe(step)
    }
    await rm(slotsOf(path)[0])
    const read = empty()
    expect(await readCheckpoint(path, read)).toBe(4)
    expect(read).toEqual(arrays(4))
  })

  it('is never written over where it is the last whole one', async () => {
    await writeCheckpoint(path, 1, arrays(1))
    await writeCheckpoint(path, 2, arrays(2))
    await writeFile(slotsOf(path)[1], 'damaged')
    await writeCheckpoint(path, 3, arrays(3))
    expect(await readCheckpoint(path, empty(), () => expect.unreachable())).toBe(3)
    await writeFile(slotsOf(path)[1], 'damaged')
    expect(await readCheckpoint(path, empty())).toBe(1)
  })

  it('of another network, or of an earlier version, is refused by name', async () => {
    await writeCheckpoint(path, 1, arrays())
    await expect(readCheckpoint(path, [new Float32Array(4)])).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('another size') as string,
    })
    await writeFile(path, 'CacheNet checkpoint 1\n{"step":4,"lengths":[3,1]}\n0123456789abcdef')
    await expect(readCheckpoint(path, empty())).rejects.toThrow(
      `${path} is no whole checkpoint: another version of this program wrote it. Delete it`,
    )
  })

  it('can be taken over by another run, also where the newer of two is damaged', async () => {
    await writeCheckpoint(path, 1, arrays(1))
    await writeCheckpoint(path, 2, arrays(2))
    await writeFile(slotsOf(path)[1], '')
    const to = join(folder, 'to', 'b.bin')
    await writeCheckpoint(to, 7, arrays(7))
    await copyCheckpoint(path, to)
    const read = empty()
    expect(await readCheckpoint(to, read)).toBe(1)
    expect(read).toEqual(arrays(1))
    await expect(copyCheckpoint(join(folder, 'none'), to)).rejects.toMatchObject(invalid)
  })
})

describe('a damaged checkpoint', () => {
  it('is noticed whichever of its bytes is another', async () => {
    await writeCheckpoint(path, 1, arrays(1))
    await writeCheckpoint(path, 2, arrays(2))
    const file = slotsOf(path)[1]
    const whole = await readFile(file)
    for (let position = 0; position < whole.length; position++) {
      const altered = Buffer.from(whole)
      altered[position] = altered[position]! ^ (1 << (position % 8))
      await writeFile(file, altered)
      const said: string[] = []
      expect(await readCheckpoint(path, empty(), (sentence) => said.push(sentence))).toBe(1)
      expect(said).toEqual([expect.stringContaining(`${file} is no whole checkpoint`)])
    }
  })

  it('is noticed in 200 ways, named, and the one before is taken', async () => {
    expect(await damageCheckpoints(200, 1)).toEqual({ damaged: 200, noticed: 200, failures: [] })
  })

  it.each([
    'null',
    '[]',
    '"x"',
    '{',
    '{"step":-1,"turn":0,"lengths":[3,1]}',
    '{"step":1,"turn":0,"lengths":[3]}',
    '{"step":1,"turn":0,"lengths":null}',
  ])('with the header %s and a checksum that is right is refused, not a stack trace', async (header) => {
    const begin = Buffer.concat([Buffer.from(`CacheNet checkpoint 2\n${header}\n`), Buffer.alloc(16)])
    await writeFile(path, Buffer.concat([begin, createHash('sha256').update(begin).digest()]))
    await expect(readCheckpoint(path, empty())).rejects.toMatchObject(invalid)
  })

  it('without another is refused by name', async () => {
    await writeCheckpoint(path, 1, arrays())
    await writeFile(path, (await readFile(path)).subarray(0, 60))
    await expect(readCheckpoint(path, empty())).rejects.toThrow(
      `${path} is no whole checkpoint: it was cut short or altered. Delete it to train this part again.`,
    )
  })
})

it('a disk that takes no more keeps the last good checkpoint, and half a file does not stay', async () => {
  await writeCheckpoint(path, 1, arrays(1))
  // The system itself refuses what is over two blocks of 512 bytes, in the middle of the write.
  const module = fileURLToPath(new URL('./checkpoint.ts', import.meta.url))
  const script = `const { writeCheckpoint } = await import(${JSON.stringify(module)})
    await writeCheckpoint(${JSON.stringify(path)}, 2, [new Float32Array(4096)]).catch(({ code, path }) => console.log(code, path))`
  const limited = [
    '-c',
    'ulimit -f 2; exec "$0" --import tsx --input-type=module -e "$1"',
    process.execPath,
    script,
  ]
  const { stdout } = await promisify(execFile)('sh', limited)
  expect(stdout.trim()).toBe(`EFBIG ${slotsOf(path)[1]}`)
  expect(await readdir(folder)).toEqual(['a.bin'])
  expect(await readCheckpoint(path, empty(), () => expect.unreachable())).toBe(1)
})
