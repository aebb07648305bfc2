const storageKey = 'cachenet-last-bundle'

/** The bundle that was last opened: what an offline start opens where the list of bundles cannot be had. */
export interface LastBundle {
  read(): string | null
  write(bundleId: string): void
}

export function createLastBundle(storage: Pick<Storage, 'getItem' | 'setItem'>): LastBundle {
  return {
    read() {
      try {
        return storage.getItem(storageKey)
      } catch {
        return null
      }
    },
    write(bundleId) {
      try {
        storage.setItem(storageKey, bundleId)
      } catch {
        // Storage is full or forbidden: then the list must be had.
      }
    },
  }
}
