import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkWritable } from './check-writable.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-writable-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('leaves nothing behind', async () => {
  await mkdir(join(folder, 'there'))
  await checkWritable('--out', join(folder, 'there'))
  await checkWritable('--out', join(folder, 'not/yet/there'))
  expect(await readdir(folder, { recursive: true })).toEqual(['there'])
})

it('names the flag where nothing can be written', async () => {
  await writeFile(join(folder, 'file'), '')
  for (const path of ['file', 'file/below', 'file/deep/er']) {
    const message = expect.stringMatching(/file.* cannot be written: .*--out/s) as string
    await expect(checkWritable('--out', join(folder, path))).rejects.toMatchObject({
      code: 'storage-failed',
      message,
    })
  }
})
