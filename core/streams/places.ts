import { createRandom } from '../random.ts'
import { cifar100Places } from './cifar100-places.ts'
import type { Place } from './place.ts'

/**
 * Five everyday places for CIFAR-10, written down before any training and never tuned since. Weights are
 * percents. They overlap as places do: birds nearly everywhere, trucks wherever people work, dogs wherever
 * people are. Each class adds up to 50 over the five, so that all classes are equally frequent in a long
 * stream and accuracy on a stream can be compared with accuracy on the (balanced) test set.
 */
export const cifar10Places: readonly Place[] = [
  { name: 'harbour', weights: { ship: 50, bird: 20, airplane: 15, truck: 10, automobile: 5 } },
  { name: 'airfield', weights: { airplane: 35, truck: 25, automobile: 20, bird: 10, dog: 10 } },
  { name: 'street', weights: { cat: 35, automobile: 25, dog: 25, truck: 10, bird: 5 } },
  { name: 'farm', weights: { horse: 45, cat: 15, dog: 15, deer: 10, frog: 10, truck: 5 } },
  { name: 'forest', weights: { deer: 40, frog: 40, bird: 15, horse: 5 } },
]

/**
 * Shares of a class that is seen at its own place only: all of it. Visitors leave a third of theirs at the
 * next place.
 */
const homeShare = 3
const visitShare = 1

/**
 * Drawn places, for tests, benchmarks and streams of places that nobody knows; no bundle may take them for
 * known: ceil(C/3) of them, with two to three classes at home in each and one visitor from the next, in a
 * ring. Every class has the same weight in all. The same names and seed give the same places.
 */
export function placesFor(classNames: readonly string[], seed: number | string = 'places'): Place[] {
  const names = createRandom(seed).shuffle([...classNames])
  const count = Math.ceil(names.length / 3)
  const homes = Array.from({ length: count }, (_, place) =>
    names.slice(Math.floor((place * names.length) / count), Math.floor(((place + 1) * names.length) / count)),
  )
  return homes.map((home, place) => {
    const visitor = count > 1 ? homes[(place + 1) % count]?.[0] : undefined
    const weights = Object.fromEntries(
      home.map((name, i) => [name, count > 1 && i === 0 ? homeShare - visitShare : homeShare]),
    )
    return {
      name: `place ${place + 1}`,
      weights: visitor === undefined ? weights : { ...weights, [visitor]: visitShare },
    }
  })
}

/**
 * Places that were written down before any training, where the class names are those of CIFAR-10 or
 * CIFAR-100.
 */
export function documentedPlaces(classNames: readonly string[]): readonly Place[] | undefined {
  const wanted = new Set(classNames)
  return [cifar10Places, cifar100Places].find((places) => {
    const named = new Set(places.flatMap(({ weights }) => Object.keys(weights)))
    return named.size === wanted.size && classNames.every((name) => named.has(name))
  })
}

/**
 * The documented places where there are some, and `placesFor` otherwise: for tests and benchmarks, which need
 * streams of any classes.
 */
export const defaultPlaces = (classNames: readonly string[]): readonly Place[] =>
  documentedPlaces(classNames) ?? placesFor(classNames)
