import type { Random } from '../random.ts'

/**
 * Recordings as they were made: `items` cut into sessions of `sessionLength` (the last may be shorter), the
 * sessions in a drawn order, each of them whole and in its own. Begins again with the first where `count`
 * asks for more than there are.
 */
export function orderSessions<Item>(
  items: readonly Item[],
  sessionLength: number,
  count: number,
  random: Random,
): Item[] {
  const sessions = Array.from({ length: Math.ceil(items.length / sessionLength) }, (_, index) =>
    items.slice(index * sessionLength, (index + 1) * sessionLength),
  )
  const ordered = random.shuffle(sessions).flat()
  const rounds = ordered.length === 0 ? 0 : Math.ceil(count / ordered.length)
  return Array.from({ length: rounds }, () => ordered)
    .flat()
    .slice(0, count)
}
