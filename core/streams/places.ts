import { createRandom } from '../random.ts'

/** A kind of everyday place and how often each class is seen there, relative to one another. Absent classes are never seen. */
export interface Place {
  readonly name: string
  readonly weights: Readonly<Record<string, number>>
}

/**
 * Five everyday places for CIFAR-10, written down before any training and never tuned since. Weights are percents.
 * They overlap as places do: birds nearly everywhere, trucks wherever people work, dogs wherever people are.
 * Each class adds up to 50 over the five, so that all classes are equally frequent in a long stream and accuracy on a
 * stream can be compared with accuracy on the (balanced) test set.
 */
export const cifar10Places: readonly Place[] = [
  { name: 'harbour', weights: { ship: 50, bird: 20, airplane: 15, truck: 10, automobile: 5 } },
  { name: 'airfield', weights: { airplane: 35, truck: 25, automobile: 20, bird: 10, dog: 10 } },
  { name: 'street', weights: { cat: 35, automobile: 25, dog: 25, truck: 10, bird: 5 } },
  { name: 'farm', weights: { horse: 45, cat: 15, dog: 15, deer: 10, frog: 10, truck: 5 } },
  { name: 'forest', weights: { deer: 40, frog: 40, bird: 15, horse: 5 } },
]

/** Shares of a class that is seen at its own place only: all of it. Visitors leave a third of theirs at the next place. */
const homeShare = 3
const visitShare = 1

/**
 * Places for a data set that has none documented: ceil(C/3) of them, with two to three classes at home in each and one
 * visitor from the next, in a ring. Every class has the same weight in all. The same names and seed give the same places;
 * leave the seed alone, so that training streams and test streams walk through the same places.
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
    return { name: `place ${place + 1}`, weights: visitor === undefined ? weights : { ...weights, [visitor]: visitShare } }
  })
}

/** The documented places where the class names are CIFAR-10's, and `placesFor` otherwise. */
export function defaultPlaces(classNames: readonly string[]): readonly Place[] {
  const documented = new Set(cifar10Places.flatMap((place) => Object.keys(place.weights)))
  const isCifar10 = classNames.length === documented.size && classNames.every((name) => documented.has(name))
  return isCifar10 ? cifar10Places : placesFor(classNames)
}
