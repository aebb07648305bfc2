import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { listAllImages, listImages } from './list-images.ts'

describe('listImages', () => {
  const classNames = ['ant', 'bee', 'cat']
  let folder: string

  beforeEach(async () => {
    const temporary = await temporaryFolder()
    folder = temporary.folder
    onTestFinished(temporary.remove)
  })
  const touch = async (...paths: string[]): Promise<void> => {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), '')
    }
  }
  const names = async (): Promise<string[]> => {
    const { folder: read, images } = await listImages(folder, classNames)
    return images.map(
      ({ path, classIndex, className }) => `${path.slice(read.length + 1)} ${classIndex} ${className}`,
    )
  }

  it('takes the class from the folder, in the order of paths, numbers as numbers', async () => {
    await touch('bee/10.png', 'bee/2.JPG', 'ant/1.webp', 'ant/notes.txt', 'ant/.hidden.png')
    expect(await names()).toEqual(['ant/1.webp 0 ant', 'bee/2.JPG 1 bee', 'bee/10.png 1 bee'])
  })

  it('looks into folders of folders: the innermost that is called like a class counts', async () => {
    await touch('day/cat/walk 1/5.png', 'ant/bee/1.png', 'dog/1.png', '1.png')
    expect(await names()).toEqual(['ant/bee/1.png 1 bee', 'day/cat/walk 1/5.png 2 cat'])
    expect((await listImages(folder, classNames)).ignored).toBe(2)
  })

  it('takes the test images where training images lie beside them', async () => {
    await touch('train/ant/1.png', 'train/bee/1.png', 'test/bee/7.png')
    expect(await names()).toEqual(['bee/7.png 1 bee'])
    expect((await listImages(folder, classNames)).folder).toBe(join(folder, 'test'))
  })

  it.each([
    ['Train', 'TEST'],
    ['training', 'validation'],
  ])('takes the images that were not trained on from %s beside %s', async (train, held) => {
    await touch(`${train}/ant/1.png`, `${held}/bee/7.png`)
    expect(await names()).toEqual(['bee/7.png 1 bee'])
  })

  it('takes what the page and training take, follows links, and says what it leaves out', async () => {
    await touch(
      'ant/1.jfif',
      'ant/2.jpe',
      'ant/3.avif',
      'ant/notes.txt',
      'ant/4.heic',
      'ant/.ipynb_checkpoints/1.png',
      'ant/@eaDir/1.png',
      'ant/._1.png',
    )
    await writeFile(join(folder, 'ant/1000001234'), '\u0089PNG\r\n\u001a\n', 'latin1')
    await symlink('ant', join(folder, 'bee'))
    await symlink('..', join(folder, 'ant/round'))
    const { images, leftOut } = await listImages(folder, classNames)
    expect(images.map(({ path, classIndex }) => `${classIndex} ${basename(path)}`)).toEqual([
      '0 1.jfif',
      '0 2.jpe',
      '0 3.avif',
      '0 1000001234',
      '1 1.jfif',
      '1 2.jpe',
      '1 3.avif',
      '1 1000001234',
    ])
    expect(leftOut).toMatch(/2 images in HEIC.*Save it as JPEG.*6 images that programs keep/)
  })

  it('knows a class whose letters the disk has taken apart', async () => {
    await touch('cafe\u0301/1.png')
    expect((await listImages(folder, ['caf\u00e9', 'tea'])).images[0]?.className).toBe('caf\u00e9')
  })

  it('lists every image, whether or not its class is known, where that is asked for', async () => {
    await touch('bee/1.png', 'dog/1.png', '1.png', 'notes.txt')
    const { images } = await listAllImages(folder, classNames)
    expect(images.map(({ path, className }) => [path.slice(folder.length + 1), className])).toEqual([
      ['1.png', undefined],
      ['bee/1.png', 'bee'],
      ['dog/1.png', undefined],
    ])
    await expect(listAllImages(join(folder, 'nowhere'), classNames)).rejects.toMatchObject({
      code: 'dataset-invalid',
    })
  })

  it('says what to do where there is nothing to play', async () => {
    await touch('dog/1.png', 'ant/readme.md')
    await expect(listImages(folder, classNames)).rejects.toMatchObject({
      code: 'dataset-invalid',
      details: { images: 1 },
    })
    await rm(folder, { recursive: true })
    await expect(listImages(folder, classNames)).rejects.toMatchObject({
      code: 'dataset-invalid',
      details: { folder },
    })
  })
})
