/** The last `capacity` things that were added; older ones are forgotten. */
export class Ring<Item> {
  readonly #capacity: number
  #items: Item[] = []
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#items.length
  }

  /** Adds an item; returns the one that had to go for it. */
  add(item: Item): Item | undefined {
    const gone = this.#items[this.#next]
    this.#items[this.#next] = item
    this.#next = (this.#next + 1) % this.#capacity
    return gone
  }

  /** Counted back from the newest, which is 0. */
  fromNewest(age: number): Item | undefined {
    const { length } = this.#items
    return age < length ? this.#items[(this.#next - 1 - age + 2 * length) % length] : undefined
  }

  replace(age: number, item: Item): void {
    const { length } = this.#items
    if (age < length) this.#items[(this.#next - 1 - age + 2 * length) % length] = item
  }

  /** Oldest first. */
  toArray(): Item[] {
    const start = this.#items.length < this.#capacity ? 0 : this.#next
    return [...this.#items.slice(start), ...this.#items.slice(0, start)]
  }

  clear(): void {
    this.#items = []
    this.#next = 0
  }
}
