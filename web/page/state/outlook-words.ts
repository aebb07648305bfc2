import type { SceneOutlook } from './gate-control.ts'

export interface OutlookWords {
  /** What the stream is taken for; null where the bundle knows no scenes. */
  readonly scene: string | null
  /** How sure that is, 0 to 1. */
  readonly chance: number
  /** Classes that are likelier than chance, the likeliest first, each with its share. */
  readonly expected: readonly { readonly name: string; readonly share: number }[]
}

/** More names would not be read in the time that a frame lasts. */
const mostNamed = 3

/** What the gate makes of the stream, in a person's words; all of it of one moment. */
export function outlookWords({ scene, shares }: SceneOutlook, classNames: readonly string[]): OutlookWords {
  const names = (scene?.classes ?? []).map((index) => classNames[index] ?? '').join(' and ')
  const words = {
    places: scene?.name ?? '',
    strange: 'a scene that is new',
    single: `${names} alone`,
    pairs: names,
    iid: 'everything in turn',
    open: 'a scene that is new',
  }
  const expected = shares
    .map((share, index) => ({ name: classNames[index] ?? '', share }))
    .filter(({ share }) => share * classNames.length > 1.01)
    .sort((a, b) => b.share - a.share)
    .slice(0, mostNamed)
  return { scene: scene === undefined ? null : words[scene.kind], chance: scene?.chance ?? 0, expected }
}
