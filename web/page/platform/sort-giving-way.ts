import { giveWay as giveWayOnPage, type GiveWay } from './give-way.ts'

/** So many items are put in order between two looks at the clock. */
const stepItems = 64

/**
 * Sorts without keeping the page's thread: parts that are sorted at once, merged step by step. Stable, as
 * `Array.prototype.sort` is.
 */
export async function sortGivingWay<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
  giveWay: GiveWay = giveWayOnPage,
): Promise<Item[]> {
  let runs: Item[][] = []
  for (let start = 0; start < items.length; start += stepItems) {
    runs.push(items.slice(start, start + stepItems).sort(compare))
    await giveWay()
  }
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let index = 0; index < runs.length; index += 2)
      merged.push(await merge(runs[index] ?? [], runs[index + 1] ?? [], compare, giveWay))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (a: Item, b: Item) => number,
  giveWay: GiveWay,
): Promise<Item[]> {
  const merged: Item[] = []
  let [fromLeft, fromRight] = [0, 0]
  while (fromLeft < left.length && fromRight < right.length) {
    const [a, b] = [left[fromLeft] as Item, right[fromRight] as Item]
    if (compare(a, b) <= 0) {
      merged.push(a)
      fromLeft++
    } else {
      merged.push(b)
      fromRight++
    }
    if (merged.length % stepItems === 0) await giveWay()
  }
  return merged.concat(left.slice(fromLeft), right.slice(fromRight))
}
