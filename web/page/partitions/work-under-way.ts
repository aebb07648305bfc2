/** Work that others may wait for, by id, as long as it lasts. */
export class WorkUnderWay {
  readonly #byId = new Map<string, Promise<number>>()

  async track(id: string, work: Promise<number>): Promise<number> {
    this.#byId.set(id, work)
    try {
      return await work
    } finally {
      // Other work may have begun meanwhile.
      if (this.#byId.get(id) === work) this.#byId.delete(id)
    }
  }

  /** Rejects as the work does; resolves at once where there is none. */
  async join(id: string): Promise<void> {
    await this.#byId.get(id)
  }
}
