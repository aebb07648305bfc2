import type { Rgb } from './raster.ts'

/** What look-alikes share. Indices into the palettes below. */
export interface Family {
  readonly skin: number
  readonly hairColor: number
  readonly hairShape: 'crop' | 'bob' | 'long' | 'bun' | 'curls'
  readonly hasBeard: boolean
}

/** Few, and closer to one another than the light of two sessions: no colour is anybody's own. */
export const skinTones = [
  [246, 208, 180],
  [226, 174, 134],
  [178, 122, 86],
  [122, 80, 58],
] as const satisfies readonly Rgb[]

/** Black, dark brown, chestnut, fair, grey. */
export const hairColors = [
  [44, 38, 42],
  [84, 56, 42],
  [142, 82, 46],
  [214, 172, 104],
  [150, 146, 150],
] as const satisfies readonly Rgb[]

/**
 * Six families of four. Neighbours share a trait or two (the skin of 0 and 3, the hair of 1 and 2, …), so
 * that colour narrows down the family and never settles the person.
 */
export const families: readonly Family[] = [
  { skin: 0, hairColor: 1, hairShape: 'crop', hasBeard: false },
  { skin: 1, hairColor: 0, hairShape: 'bob', hasBeard: false },
  { skin: 2, hairColor: 0, hairShape: 'crop', hasBeard: true },
  { skin: 0, hairColor: 3, hairShape: 'long', hasBeard: false },
  { skin: 3, hairColor: 0, hairShape: 'curls', hasBeard: false },
  { skin: 1, hairColor: 2, hairShape: 'bun', hasBeard: false },
]
