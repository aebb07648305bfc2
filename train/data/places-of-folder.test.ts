import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { placesOfFolder } from './places-of-folder.ts'

const classNames = ['cup', 'plate', 'ball']
const file = (path: string, classIndex: number) => ({ path: join('data', path), classIndex, digest: '' })

describe('what a folder knows of places', () => {
  let top: string
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cachenet-places-'))
    top = folder
    onTestFinished(() => rm(folder, { recursive: true }))
  })
  const write = (content: unknown): Promise<void> =>
    writeFile(join(top, 'scenes.json'), typeof content === 'string' ? content : JSON.stringify(content))

  it('is nothing where nobody said anything', async () => {
    expect(
      await placesOfFolder(top, [file('cup/1.png', 0), file('plate/1.png', 1)], classNames),
    ).toBeUndefined()
    // A recording of one class says nothing of what is seen together.
    expect(
      await placesOfFolder(top, [file('cup/a/1.png', 0), file('plate/b/1.png', 1)], classNames),
    ).toBeUndefined()
  })

  it('is the recordings that several classes share', async () => {
    const files = [
      file('cup/kitchen/1.png', 0),
      file('cup/kitchen/2.png', 0),
      file('plate/kitchen/1.png', 1),
      file('cup/garden/1.png', 0),
      file('ball/garden/1.png', 2),
      file('ball/alone/1.png', 2),
    ]
    expect(await placesOfFolder(top, files, classNames)).toEqual([
      { name: 'kitchen', weights: { cup: 2, plate: 1 } },
      { name: 'garden', weights: { cup: 1, ball: 1 } },
    ])
  })

  it('is what a person wrote down, before all else', async () => {
    const places = [
      { name: 'kitchen', weights: { cup: 1, plate: 2 } },
      { name: 'garden', weights: { ball: 1 } },
    ]
    await write({ places })
    expect(await placesOfFolder(top, [], classNames)).toEqual(places)
  })

  it.each([
    ['no JSON', '{'],
    ['one place only', { places: [{ name: 'a', weights: { cup: 1 } }] }],
    [
      'a class that there is not',
      {
        places: [
          { name: 'a', weights: { cup: 1 } },
          { name: 'b', weights: { moon: 1 } },
        ],
      },
    ],
    [
      'a weight of nothing',
      {
        places: [
          { name: 'a', weights: { cup: 0 } },
          { name: 'b', weights: { ball: 1 } },
        ],
      },
    ],
  ])('refuses %s, and says how to write it', async (_, content) => {
    await write(content)
    await expect(placesOfFolder(top, [], classNames)).rejects.toMatchObject({
      code: 'dataset-invalid',
      message: expect.stringContaining('"places"') as string,
    })
  })
})
