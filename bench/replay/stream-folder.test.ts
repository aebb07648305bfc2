import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import type { LabelledImage } from './list-images.ts'
import { withStreamFolder } from './stream-folder.ts'

describe('withStreamFolder', () => {
  const never = new AbortController().signal
  let images: LabelledImage[]

  beforeEach(async () => {
    const { folder, remove } = await temporaryFolder()
    onTestFinished(remove)
    images = []
    for (const [classIndex, className] of ['bee', 'ant'].entries()) {
      await mkdir(join(folder, className))
      const path = join(folder, className, '1.png')
      await writeFile(path, className)
      images.push({ path, className, classIndex })
    }
  })
  const exists = (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      () => false,
    )

  it('lays the stream out in its order, one image as often as it comes, and is gone afterwards', async () => {
    const [bee, ant] = images as [LabelledImage, LabelledImage]
    let folder = ''
    const found = await withStreamFolder(never, [bee, ant, bee, bee], async (laidOut) => {
      folder = laidOut
      const entries = (await readdir(laidOut, { recursive: true }))
        .filter((name) => name.endsWith('.png'))
        .sort()
      return Promise.all(entries.map(async (name) => [name, await readFile(join(laidOut, name), 'utf8')]))
    })
    expect(found).toEqual([
      [join('000000', 'bee', '1.png'), 'bee'],
      [join('000001', 'ant', '1.png'), 'ant'],
      [join('000002', 'bee', '1.png'), 'bee'],
      [join('000003', 'bee', '1.png'), 'bee'],
    ])
    expect(await exists(folder)).toBe(false)
    expect(
      await withStreamFolder(never, [{ path: bee.path, className: undefined }], (laidOut) =>
        readdir(join(laidOut, '000000')),
      ),
    ).toEqual(['-'])
    expect(await readFile(bee.path, 'utf8')).toBe('bee')
  })

  it('lays out what a link leads to', async () => {
    const [bee] = images as [LabelledImage]
    const path = join(bee.path, '..', 'link.png')
    await symlink('1.png', path)
    const found = await withStreamFolder(never, [{ ...bee, path }], (laidOut) =>
      readFile(join(laidOut, '000000', 'bee', 'link.png'), 'utf8'),
    )
    expect(found).toBe('bee')
  })

  it('is gone also where what was done with it failed, or was stopped', async () => {
    let folder = ''
    const failing = withStreamFolder(never, images, (laidOut) => {
      folder = laidOut
      return Promise.reject(new Error('on purpose'))
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await exists(folder)).toBe(false)
    await expect(withStreamFolder(AbortSignal.abort(), images, () => Promise.resolve())).rejects.toThrow()
  })
})
