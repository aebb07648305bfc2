import { describe, expect, it } from 'vitest'
import { chooseImages, displayName, trueLabelOf, type NamedFile } from './choose-images.ts'

const file = (path: string): NamedFile => ({
  name: path.split('/').at(-1) ?? '',
  webkitRelativePath: path.includes('/') ? path : '',
  type: '',
  slice: () => new Blob([]),
})
const inOrder = async (paths: readonly string[]): Promise<string[]> =>
  (await chooseImages(paths.map(file))).images.map(displayName)

describe('chooseImages', () => {
  it('plays folder by folder, and numbers as numbers', async () => {
    const files = ['set/b/1.png', 'set/a/10.png', 'set/a/2.png', 'set/a.late/1.png', 'set/0.png']
    expect(await inOrder(files)).toEqual([
      'set/0.png',
      'set/a/2.png',
      'set/a/10.png',
      'set/a.late/1.png',
      'set/b/1.png',
    ])
  })

  it('has one order for names that only look alike', async () => {
    const paths = ['s/a/01.png', 's/a/1.png', 's/a/001.png']
    const orders = await Promise.all([paths, [...paths].reverse()].map(inOrder))
    expect(orders[0]).toEqual(orders[1])
  })

  it('leaves out what is no image', async () => {
    const files = ['s/a/1.png', 's/a/notes.txt', 's/.DS_Store', 's/a/2.JPEG', 's/a/._1.png']
    expect(await inOrder(files)).toEqual(['s/a/1.png', 's/a/2.JPEG'])
  })

  it('lets the page have its turn while it sorts a folder of many images', async () => {
    const files = Array.from({ length: 5000 }, (_, index) => file(`set/a/${(index * 7919) % 5000}.png`))
    let turns = 0
    const { images } = await chooseImages(files, () => Promise.resolve(void (turns += 1)))
    expect(images.slice(0, 3).map(displayName)).toEqual(['set/a/0.png', 'set/a/1.png', 'set/a/2.png'])
    // Once for every 64 files that are looked at, and as often for every round of the sort.
    expect(turns).toBeGreaterThan((5000 / 64) * 6)
  })
})

describe('trueLabelOf', () => {
  it('is the folder that the image lies in', () => {
    expect(trueLabelOf(file('set/scene-01/cat/7.png'))).toBe('cat')
    expect(trueLabelOf(file('cat/7.png'))).toBe('cat')
  })

  it('is not known for a file by itself', () => {
    expect(trueLabelOf(file('7.png'))).toBeNull()
  })
})
