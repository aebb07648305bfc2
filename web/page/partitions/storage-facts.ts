export interface StorageFacts {
  /** What the browser counts for this app, all in all; an estimate. */
  readonly usedBytes: number
  readonly quotaBytes: number
  /** Whether the browser has promised not to empty the storage when the device runs short. */
  readonly isProtected: boolean
}

/** Undefined where the browser does not tell. */
export async function storageEstimate(): Promise<StorageFacts | undefined> {
  const storage = (navigator as { readonly storage?: StorageManager }).storage
  if (storage === undefined) return undefined
  try {
    const [{ usage = 0, quota = 0 }, isProtected] = await Promise.all([
      storage.estimate(),
      storage.persisted(),
    ])
    return { usedBytes: usage, quotaBytes: quota, isProtected }
  } catch {
    return undefined
  }
}

/**
 * Asks the browser to keep the storage when the device runs short. Some ask the user, most decide by
 * themselves.
 */
export async function requestPersistence(): Promise<boolean> {
  const storage = (navigator as { readonly storage?: StorageManager }).storage
  try {
    return (await storage?.persist()) ?? false
  } catch {
    return false
  }
}
