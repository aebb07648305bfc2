import type { Place } from '../../core/streams/place.ts'

/** What says which images they are; a field that is missing is not known, as in older runs and bundles. */
export interface DataIdentity {
  readonly classNames?: readonly string[] | undefined
  /** See `Dataset.digest`. */
  readonly digest?: string | undefined
  /** What is seen together; null where nothing says so. */
  readonly places?: readonly Place[] | null | undefined
}

/**
 * The same whatever order names were written in, and whether a class that is never seen there was written
 * down: they make no other regions. Manifests hold shares, so that a weight comes back with a rounding error.
 */
const canonical = (places: readonly Place[] | null): string =>
  JSON.stringify(
    places?.map(({ name, weights }) => [
      name,
      Object.entries(weights)
        .filter(([, weight]) => weight > 0)
        .map(([of, weight]) => [of, Number(weight.toPrecision(6))] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ]) ?? null,
  )

function placeDifferences(before: DataIdentity['places'], now: DataIdentity['places']): string[] {
  if (before === undefined || now === undefined || canonical(before) === canonical(now)) return []
  const names = (places: readonly Place[] | null): string =>
    places === null
      ? 'none'
      : places
          .slice(0, shownClasses)
          .map(({ name }) => shown(name))
          .join(', ')
  return [
    `The places are others, or show other classes (then ${names(before)}; now ${names(now)}): ` +
      'regions are made of what scenes.json or the sub-folders of the classes say.',
  ]
}

const shownClasses = 5
const shown = (name: string | undefined): string => (name === undefined ? 'nothing' : `“${name}”`)

/** What differs between the data of then and of now, in sentences; none where nothing is known to. */
export function dataDifferences(before: DataIdentity, now: DataIdentity): string[] {
  const { classNames: old, digest } = before
  const { classNames: found } = now
  if (old !== undefined && found !== undefined) {
    const differing = Array.from({ length: Math.max(old.length, found.length) }, (_, index) => index).filter(
      (index) => old[index] !== found[index],
    )
    if (differing.length > 0) {
      const each = differing
        .slice(0, shownClasses)
        .map((index) => `class ${index + 1} was ${shown(old[index])} and is ${shown(found[index])}`)
      return [
        `The classes are others: ${each.join(', ')}${differing.length > shownClasses ? `, and ${differing.length - shownClasses} more` : ''}.`,
      ]
    }
  }
  const otherPlaces = placeDifferences(before.places, now.places)
  if (digest === undefined || now.digest === undefined || digest === now.digest) return otherPlaces
  return [
    ...otherPlaces,
    `The images are others, or lie in other classes (digest ${digest.slice(0, 12)} then, ${now.digest.slice(0, 12)} now).`,
  ]
}
