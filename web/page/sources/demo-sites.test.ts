import { describe, expect, it } from 'vitest'
import { walkerNames } from '../../../core/walkers/names.ts'
import { walkerSites } from '../../../core/walkers/sites.ts'
import { demoSites } from './demo-sites.ts'

const place = (
  name: string,
  shares: readonly number[],
): { name: string; weight: number; shares: number[] } => ({ name, weight: 1, shares: [...shares] })
const scenesOf = (
  places: ReturnType<typeof place>[],
): { surpriseChance: number; localities: []; places: typeof places } => ({
  surpriseChance: 0.02,
  localities: [],
  places,
})
const dataset = (kind: 'people' | 'world' | 'folder'): { kind: typeof kind; description: string } => ({
  kind,
  description: '',
})

describe('demoSites', () => {
  const names = walkerNames(4)

  it('are those that a bundle of people was trained at', () => {
    const scenes = scenesOf([place('gate', [0.5, 0.5, 0, 0]), place('hall', [0, 0, 0.5, 0.5])])
    expect(demoSites({ classNames: names, dataset: dataset('people'), scenes })).toEqual(walkerSites(4, 2))
  })

  it('leave out the places of a world that show something else than people', () => {
    const classNames = ['cup', 'plate', ...names]
    const scenes = scenesOf([
      place('kitchen', [0.5, 0.5, 0, 0, 0, 0]),
      place('gate', [0, 0, 0.5, 0.5, 0, 0]),
      place('hall', [0, 0, 0, 0, 0.5, 0.5]),
    ])
    expect(demoSites({ classNames, dataset: dataset('world'), scenes })).toEqual(walkerSites(4, 2))
  })

  it('are none where nobody knows any', () => {
    expect(demoSites({ classNames: names, dataset: dataset('people'), scenes: undefined })).toBeUndefined()
    expect(
      demoSites({
        classNames: names,
        dataset: dataset('folder'),
        scenes: scenesOf([place('gate', [1, 0, 0, 0])]),
      }),
    ).toBeUndefined()
  })
})
